import { useSearchParams } from 'wouter';
import type { Inputs } from '../app/outputs.ts';
import { dayBounds } from '../look/day-bounds.ts';

export type Wanted = NonNullable<Inputs['audit']['list']>;

export const FILTERS = ['order', 'subject', 'actor', 'action', 'since', 'until'] as const;
export type Filter = (typeof FILTERS)[number];
export type Filters = Record<Filter, string>;

/** The filters as they stand in the address, so that what was found can be shared; '' is none. */
export function useFilters(): [Filters, (part: Partial<Filters>) => void] {
  const [params, setParams] = useSearchParams();
  const read = (name: Filter) => params.get(name) ?? '';
  const filters = {
    order: read('order'),
    subject: read('subject'),
    actor: read('actor'),
    action: read('action'),
    since: read('since'),
    until: read('until'),
  };
  const set = (part: Partial<Filters>) => {
    // An order is a subject: to name both is a contradiction.
    const other = part.order ? { subject: '' } : part.subject ? { order: '' } : {};
    const next = Object.entries({ ...filters, ...other, ...part }).filter(([, value]) => value !== '');
    setParams(new URLSearchParams(next), { replace: true });
  };
  return [filters, set];
}

/** What is no day goes to the server as it is, which says so; it takes no longer text. */
const MOST = 40;

/** What is asked of the server. The days are the reader's own, or those of UTC; both are included. */
export function wantedOf(filters: Filters, isUtc: boolean): Wanted {
  const { order, subject, actor, action, since, until } = filters;
  return {
    ...(order !== '' && { orderId: order }),
    ...(subject !== '' && { subject }),
    ...(actor !== '' && { actor }),
    ...(action !== '' && { action }),
    ...(since !== '' && { since: dayBounds(since, isUtc)?.begins ?? since.slice(0, MOST) }),
    ...(until !== '' && { until: dayBounds(until, isUtc)?.ends ?? until.slice(0, MOST) }),
  };
}
