import { KEY_FAULTS } from './faults/keys.ts';
import { MAIL_FAULTS } from './faults/mail.ts';
import { ORDER_FAULTS } from './faults/orders.ts';
import { SERVER_FAULTS } from './faults/server.ts';
import { STAFF_FAULTS } from './faults/staff.ts';

// Every refusal a person may meet: `noun.reason`, its status, and a sentence for staff that names the way out.
// SECURITY: a sentence may name orders, SKUs and ids, never a key, a token or what was typed into a search box.
const FAULTS = { ...STAFF_FAULTS, ...ORDER_FAULTS, ...KEY_FAULTS, ...MAIL_FAULTS, ...SERVER_FAULTS } as const;

export type FaultCode = keyof typeof FAULTS;
export type FaultStatus = (typeof FAULTS)[FaultCode]['status'];

export interface Fault {
  code: FaultCode;
  status: FaultStatus;
  sentence: string;
}

/** The names in braces. */
type Blanks<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Blanks<Rest> : never;
type Words<C extends FaultCode> = Record<Blanks<(typeof FAULTS)[C]['sentence']>, string | number>;

/** What a use-case answers when it expected to have to say no. */
export type Result<T> = { ok: true; value: T } | { ok: false; fault: Fault };

export const done = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

export function makeFault<C extends FaultCode>(code: C, words: Words<C>): Fault {
  const filled = Object.entries<string | number>(words).reduce<string>(
    (sentence, [name, word]) => sentence.replaceAll(`{${name}}`, String(word)),
    FAULTS[code].sentence,
  );
  return { code, status: FAULTS[code].status, sentence: filled };
}

export function refuse<C extends FaultCode>(code: C, words: Words<C>): { ok: false; fault: Fault } {
  return { ok: false, fault: makeFault(code, words) };
}

/** A fault on its way up through code that cannot return it. */
export class FaultError extends Error {
  readonly fault: Fault;
  constructor(fault: Fault, options?: ErrorOptions) {
    super(fault.sentence, options);
    this.name = 'FaultError';
    this.fault = fault;
  }
}

/** The value, or the fault thrown. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.fault);
  return result.value;
}
