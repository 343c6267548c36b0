// Each word stands here once, in one CHECK of each schema, and in the picture in docs/states.md.

export const ORDER_STATUSES = ['held', 'waiting', 'fulfilled', 'cancelled', 'ignored', 'attention'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const KEY_STATUSES = ['available', 'assigned', 'revoked'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

export const MESSAGE_STATUSES = [
  'queued',
  'sending',
  'accepted',
  'delivered',
  'retrying',
  'failed',
  'unknown',
  'bounced',
  'complained',
  'withdrawn',
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** What a webhook answer may say of an order, or of a whole delivery; the most urgent word first. */
export const RECEIPT_STATUSES = [
  'attention',
  'waiting',
  'held',
  'spooled',
  'fulfilled',
  'cancelled',
  'ignored',
  'duplicate',
] as const;
export type ReceiptStatus = (typeof RECEIPT_STATUSES)[number];

/** The word that most needs a person's eye; `ignored` for a delivery without orders. */
export function mostUrgent(statuses: readonly ReceiptStatus[]): ReceiptStatus {
  return RECEIPT_STATUSES.find((word) => statuses.includes(word)) ?? 'ignored';
}

/** Why an order is in `attention`. */
export const ATTENTION_REASONS = [
  'no_email',
  'unmapped',
  'quantity',
  'unreadable',
  'unpaid_gateway',
] as const;
export type AttentionReason = (typeof ATTENTION_REASONS)[number];
