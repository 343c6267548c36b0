import { SKU_PATTERN, SKU_RULE } from '../../shared/sku.ts';
import type { Course, Mapping } from './course.ts';

/** A mapping while somebody types it. */
export interface MappingDraft {
  course: Course;
  sells: 'product' | 'nothing';
  sku: string;
  /** Text while it is no number. */
  quantity: number | string;
  per: Mapping['per'];
}

export function draftOf(
  course: Course | undefined,
  now: Pick<Mapping, 'sku' | 'quantity' | 'per'> | undefined,
): MappingDraft {
  return {
    course: course ?? { site: '', source: 'amelia', kind: 'service', itemId: '' },
    sells: now?.sku === null ? 'nothing' : 'product',
    sku: now?.sku ?? '',
    quantity: now?.quantity ?? 1,
    per: now?.per ?? 'booking',
  };
}

/** What is still missing, in a sentence; '' when nothing is. */
export function faultIn({ course, sells, sku, quantity }: MappingDraft): string {
  if (course.itemId.trim() === '') return 'Type the id that the booking plugin shows in its own list.';
  if (!/^[a-z0-9-]{0,40}$/.test(course.site.trim()))
    return 'A site is named by its slug, as on the health page.';
  if (sells === 'nothing') return '';
  if (sku.trim() === '') return 'Choose a product, or type the SKU of a new one.';
  if (!SKU_PATTERN.test(sku.trim())) return `A SKU has ${SKU_RULE}.`;
  if (!(Number.isInteger(quantity) && Number(quantity) >= 1 && Number(quantity) <= 50))
    return 'A course sells 1 to 50 keys.';
  return '';
}

export function mappingOf({ course, sells, sku, quantity, per }: MappingDraft): Mapping {
  const { source, kind } = course;
  const item = { site: course.site.trim(), source, kind, itemId: course.itemId.trim() };
  if (sells === 'nothing') return { ...item, sku: null, quantity: 1, per: 'booking' };
  return { ...item, sku: sku.trim(), quantity: Number(quantity), per };
}
