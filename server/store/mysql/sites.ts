import { asc } from 'drizzle-orm';
import type { SiteVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { insertRows } from './many.ts';
import { sites } from './schema.ts';

export function siteVerbs(db: Db): SiteVerbs {
  return {
    insertSite: (q) => insertRows(db, sites, [q], 'or nothing'),

    listSites: () => db.select().from(sites).orderBy(asc(sites.slug)),
  };
}
