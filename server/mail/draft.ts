import type { RenderedMail } from './rendered-mail.ts';

/** A mail as it was written, or why there is none. */
export type Draft =
  | {
      kind: 'mail';
      mail: RenderedMail;
      /** Of the recipient; '' when it is not known. */
      name: string;
      /** Where answers of a customer go; left out, they go to the sender. */
      replyTo?: string;
    }
  /** Nothing to say any more: the mail is withdrawn. */
  | { kind: 'nothing'; why: string }
  /** It must not be sent, and a person has to act. */
  | { kind: 'refused'; code: 'suppressed'; why: string }
  | { kind: 'unwritable'; why: string };

/** Wraps rendering only, which reads no database: the fill's messages name placeholders, never values. */
export function written(write: () => RenderedMail, to: { name?: string; replyTo?: string } = {}): Draft {
  try {
    return { kind: 'mail', mail: write(), ...to, name: to.name ?? '' };
  } catch (error) {
    return { kind: 'unwritable', why: error instanceof Error ? error.message.slice(0, 200) : 'unknown' };
  }
}
