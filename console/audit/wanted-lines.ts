import { useSearchParams } from 'wouter';
import type { Inputs } from '../app/outputs.ts';

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

/** What is asked of the server. The days are the reader's own, both included. */
export function wantedOf({ order, subject, actor, action, since, until }: Filters): Wanted {
  return {
    ...(order !== '' && { orderId: order }),
    ...(subject !== '' && { subject }),
    ...(actor !== '' && { actor }),
    ...(action !== '' && { action }),
    ...(since !== '' && { since: startOfDay(since, 0) }),
    ...(until !== '' && { until: startOfDay(until, 1) }),
  };
}

/** When a day of the reader's zone begins, or so many days later; what is no day goes to the server as it is, which says so. */
function startOfDay(day: string, plus: number): string {
  const [year, month, date] = day.split('-').map(Number);
  const start = new Date(year ?? Number.NaN, (month ?? Number.NaN) - 1, (date ?? Number.NaN) + plus);
  return Number.isNaN(start.getTime()) ? day.slice(0, 40) : start.toISOString();
}
