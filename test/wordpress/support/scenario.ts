import type { Answer } from './request.ts';

/** What a scenario wrote. A list is empty, and a number 0, where it wrote none of that kind. */
export interface Outcome {
  /** Of the HTTP response; a scenario that fails on purpose has 500. */
  code: number;
  /** From sending to the last byte. */
  ms: number;
  bookings: number[];
  appointments: number[];
  payments: number[];
  customer: number;
  event: number;
  /** Amelia's packages_to_customers. */
  packageCustomer: number;
  /** Bookly's order. */
  order: number;
  text: string;
}

/** The ids come first; a request that ends badly has WordPress's words after them. */
export function readOutcome({ code, ms, text }: Answer): Outcome {
  const json: unknown = JSON.parse(/^\{[^{}]*\}/.exec(text)?.[0] ?? '{}');
  const said: Record<string, unknown> = typeof json === 'object' && json !== null ? { ...json } : {};
  const list = (name: string) => (Array.isArray(said[name]) ? said[name].map(Number) : []);
  const number = (name: string) => Number(said[name] ?? 0);
  return {
    code,
    ms,
    bookings: list('bookings'),
    appointments: list('appointments'),
    payments: list('payments'),
    customer: number('customer'),
    event: number('event'),
    packageCustomer: number('packageCustomer'),
    order: number('order'),
    text,
  };
}
