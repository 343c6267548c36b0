import type { Source } from '../../shared/booking-event.ts';
import type { Store } from '../store/store.ts';

/** The plugin sends its list every hour; so long without one, and the site is called silent. */
export const SILENT_AFTER_MS = 3 * 60 * 60_000;

export interface SiteState {
  /** '' is the main site. */
  site: string;
  /** Null when the slug stands for no address: all the names that the site might have had were taken. */
  url: string | null;
  /** Null for a site that never sent a list, as all the rest then. */
  source: Source | null;
  plugin: string | null;
  /** The last list of bookings. */
  lastAt: Date | null;
  isSilent: boolean;
  listed: number;
  lacking: number;
  unknown: number;
}

const NEVER = {
  source: null,
  plugin: null,
  lastAt: null,
  isSilent: false,
  listed: 0,
  lacking: 0,
  unknown: 0,
};

/** Every site, with what its last list of bookings showed, per plugin. */
export async function siteStates(deps: {
  store: Pick<Store, 'listReconciles' | 'listSites'>;
}): Promise<SiteState[]> {
  const sites = await deps.store.listSites();
  const rows = await deps.store.listReconciles({ silentAfterMs: SILENT_AFTER_MS });
  const urls = new Map(sites.map(({ slug, url }) => [slug, url]));
  const heard = new Set(rows.map(({ site }) => site));
  return [
    ...rows.map(({ site, source, plugin, lastAt, isSilent, listed, lacking, unknown }) => ({
      site,
      url: urls.get(site) ?? null,
      source,
      plugin,
      lastAt,
      isSilent,
      listed,
      lacking,
      unknown,
    })),
    ...sites.filter(({ slug }) => !heard.has(slug)).map(({ slug, url }) => ({ ...NEVER, site: slug, url })),
  ].toSorted((a, b) => (a.site < b.site ? -1 : a.site > b.site ? 1 : 0));
}
