import type { Outputs } from '../app/outputs.ts';
import { sourceWords } from '../look/source-words.ts';

export type Mapping = Outputs['products']['mappings']['list']['mappings'][number];
export type Product = Outputs['products']['list']['products'][number];
/** What a mapping is of: something that a booking plugin sells. */
export type Course = Pick<Mapping, 'site' | 'source' | 'kind' | 'itemId'> & { name?: string | null };

/** What an order was booked for; null where no mapping can be of it. */
export function courseOf({
  site,
  source,
  item,
}: Pick<Outputs['orders']['get'], 'site' | 'source' | 'item'>): Course | null {
  if (item === null || (source !== 'amelia' && source !== 'bookly')) return null;
  const { kind, id, name } = item;
  if (kind !== 'service' && kind !== 'event' && kind !== 'package') return null;
  return { site, source, kind, itemId: id, name };
}

/** `First Aid (service 4)`, or `service 4` while nobody has told its name. */
export function itemWords({
  kind,
  id,
  name,
}: {
  kind: string;
  id: string;
  name?: string | null | undefined;
}): string {
  return name ? `${name} (${kind} ${id})` : `${kind} ${id}`;
}

/** `service 3 of Amelia`, with the name of the course or the site where there is one. */
export function courseWords({ site, source, kind, itemId, name }: Course): string {
  return `${itemWords({ kind, id: itemId, name })} of ${sourceWords(source)}${site === '' ? '' : ` on ${site}`}`;
}

/** The same, where a sentence begins with it. */
export function courseSentence(course: Course, rest: string): string {
  const words = courseWords(course);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} ${rest}`;
}

export function isSameCourse(a: Course, b: Course): boolean {
  return a.site === b.site && a.source === b.source && a.kind === b.kind && a.itemId === b.itemId;
}

export function sellsWords({ sku, quantity, per }: Pick<Mapping, 'sku' | 'quantity' | 'per'>): string {
  if (sku === null) return 'sells no key';
  const keys = `sells ${quantity} ${quantity === 1 ? 'key' : 'keys'} of ${sku}`;
  return per === 'purchase' ? `${keys}, once per purchase` : `${keys} per person booked`;
}
