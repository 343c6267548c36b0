import { z } from 'zod';
import { done, refuse, type Result } from '../errors.ts';

const addressSchema = z.string().trim().toLowerCase().max(254).pipe(z.email());

/** An address as staff type it, lower-cased. */
export function readAddress(text: string): Result<string> {
  const read = addressSchema.safeParse(text);
  return read.success ? done(read.data) : refuse('email.invalid', {});
}
