import { faultFields, type Log } from '../log.ts';

export const HEALTH = ['ok', 'warn', 'bad'] as const;
export type Health = (typeof HEALTH)[number];

/** One part of the service: how it is, in a word and a sentence, and the facts behind it. */
export interface Part<F> {
  status: Health;
  sentence: string;
  /** Null when they could not be read. */
  facts: F | null;
}

/** A part that cannot be read says so, and takes no other part down. */
export async function readPart<F>(log: Log, name: string, read: () => Promise<Part<F>>): Promise<Part<F>> {
  try {
    return await read();
  } catch (error) {
    log.warn('health.fault', { part: name, ...faultFields(error) });
    return {
      status: 'bad',
      sentence: 'This could not be read. The log has it as health.fault.',
      facts: null,
    };
  }
}

export function worstOf(parts: readonly { status: Health }[]): Health {
  return HEALTH.findLast((word) => parts.some(({ status }) => status === word)) ?? 'ok';
}
