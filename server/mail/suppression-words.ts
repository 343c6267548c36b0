import type { SuppressionRow } from '../store/rows.ts';

const WHAT_HAPPENED: Readonly<Record<SuppressionRow['reason'], string>> = {
  bounced: 'bounced',
  complained: 'was reported as spam',
};

/** Why no mail goes to an address, in words that follow "Mail to the address": `bounced` on `2026-11-22` (UTC). */
export function suppressionWords({ reason, since }: Pick<SuppressionRow, 'reason' | 'since'>): {
  reason: string;
  day: string;
} {
  return { reason: WHAT_HAPPENED[reason], day: since.toISOString().slice(0, 10) };
}
