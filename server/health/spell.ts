const SECOND = 1000;
const UNITS = [
  ['day', 86_400 * SECOND],
  ['hour', 3600 * SECOND],
  ['minute', 60 * SECOND],
  ['second', SECOND],
] as const;

/** `3 minutes`, `1 day`: a span of time in its largest whole unit. */
export function spell(ms: number): string {
  const [unit, size] = UNITS.find(([, unitMs]) => ms >= unitMs) ?? ['second', SECOND];
  return amount(Math.floor(Math.max(0, ms) / size), unit);
}

/** `1 order`, `20 orders`; `100 or more orders` where counting stopped. */
export function amount(number: number, one: string, isMore = false): string {
  return `${number}${isMore ? ' or more' : ''} ${number === 1 && !isMore ? one : `${one}s`}`;
}
