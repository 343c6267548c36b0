import { hostname } from 'node:os';

/** The machine's name as staff see it; the only place that asks for it. */
export function hostName(): string {
  return hostname().slice(0, 200);
}
