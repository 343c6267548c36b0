import type { OrderRow } from '../store/rows.ts';

/** One booking of the sender's list. */
export interface Listed {
  id: string;
  /** 0: the plugin knows it and has nothing to tell of it. */
  rev: number;
}

/** The part of a site's bookings that one list covers: ids in (after, upto]; null is no upper end. */
export interface Range {
  after: number;
  upto: number | null;
}

type Recent = Pick<OrderRow, 'id' | 'externalId'>;

/** Listed bookings of which this side has no order, or an older one. `have` is the highest revision that was read, by id. */
export function findLacking(listed: Listed[], have: Map<string, number>): string[] {
  return listed.filter(({ id, rev }) => rev > (have.get(id) ?? 0)).map(({ id }) => id);
}

/** Orders that the list should name and does not. */
export function findUnknown(recent: Recent[], listed: Listed[], range: Range): Recent[] {
  const ids = new Set(listed.map(({ id }) => id));
  return recent.filter(({ externalId }) => !ids.has(externalId) && isWithin(externalId, range));
}

/** Packages and groups have no number of their own and belong to the first page; other ids are not the plugin's. */
function isWithin(externalId: string, { after, upto }: Range): boolean {
  if (/^(package|compound):/.test(externalId)) return after === 0;
  if (!/^[1-9]\d{0,14}$/.test(externalId)) return false;
  const id = Number(externalId);
  return id > after && (upto === null || id <= upto);
}
