import { z } from 'zod';

const id = z.int().nonnegative();

/** Where a lookup goes on: first orders that fit exactly, then names that begin with the text, then last words that do. */
const lookupPlace = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('exact'), beforeId: id }),
  z.strictObject({
    phase: z.enum(['name', 'surname']),
    after: z.strictObject({ text: z.string().max(200), id }),
  }),
]);
export type LookupPlace = z.infer<typeof lookupPlace>;
export type NamePlace = Exclude<LookupPlace, { phase: 'exact' }>;

export const FIRST_PLACE: LookupPlace = { phase: 'exact', beforeId: Number.MAX_SAFE_INTEGER };

export function makeCursor(place: LookupPlace): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

export function readCursor(cursor: string): LookupPlace | null {
  try {
    return lookupPlace.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    return null;
  }
}
