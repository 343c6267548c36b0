import { MAX_REASON } from './reason-field.tsx';

/** What the trail says of an act that takes another back. */
export function undoReason(reason: string): string {
  return `undone: ${reason}`.slice(0, MAX_REASON);
}
