import type { Brand } from './brand.ts';

/** Where a buyer's answer goes: to support when the shop has an address for it, else to the sender. */
export function replyTo(brand: Pick<Brand, 'supportEmail'>): { replyTo?: string } {
  return brand.supportEmail === '' ? {} : { replyTo: brand.supportEmail };
}
