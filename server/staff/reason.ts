import { done, refuse, type Result } from '../errors.ts';

export const MAX_REASON_LENGTH = 200;

/** The reason that every act of staff carries into the audit trail: one line of plain text. */
export function readReason(text: string): Result<string> {
  const reason = text
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  if (reason === '' || reason.length > MAX_REASON_LENGTH)
    return refuse('reason.missing', { limit: MAX_REASON_LENGTH });
  return done(reason);
}
