import { inspect } from 'node:util';
import { expect } from 'vitest';
import { StoreError } from '../../../server/store/store-error.ts';
import type { StoreErrorCode } from '../../../server/store/store-error.ts';

const SQL =
  /\binsert\s+into\b|\bselect\b[\s\S]*\bfrom\s+\S*(license_keys|orders|deliveries|messages)\b|\bupdate\s+\S+\s+set\b|\bvalues\s*\(/i;

/** The rejection must be a StoreError of this code which carries neither SQL nor any of the planted words. */
export async function expectStoreError(
  work: Promise<unknown>,
  code: StoreErrorCode | StoreErrorCode[],
  planted: string[] = [],
): Promise<StoreError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreError)) throw new Error(`expected a StoreError, got ${inspect(error)}`);
  expect([code].flat()).toContain(error.code);
  expect(error.vendorCode).not.toBe('');
  const everything = [
    inspect(error, {
      depth: null,
      showHidden: true,
      getters: true,
      maxStringLength: null,
      maxArrayLength: null,
    }),
    error.message,
    error.stack ?? '',
    inspect(error.cause, { depth: null, showHidden: true }),
  ].join('\n');
  for (const word of planted) expect(everything).not.toContain(word);
  expect(everything).not.toMatch(SQL);
  return error;
}
