import { createHash } from 'node:crypto';
import type { NewOrder, OrderKey } from '../store/rows.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;

/** The order that a request of staff makes, the same for the same request: `staff:7K2M9QX4TB`. */
export function staffOrderKey(requestId: string): OrderKey {
  const digest = createHash('sha256').update(requestId).digest();
  const letters = [...digest.subarray(0, LENGTH)].map((byte) => CROCKFORD.charAt(byte % CROCKFORD.length));
  return { site: '', source: 'staff', externalId: letters.join('') };
}

/** An order without a booking, as it begins. */
export function newStaffOrder(
  key: OrderKey,
  about: Pick<NewOrder, 'email' | 'name' | 'coupon' | 'units' | 'createdAt'> & { requestId: string },
): NewOrder {
  const { requestId, ...facts } = about;
  return {
    ...key,
    ...facts,
    status: 'fulfilled',
    reason: null,
    rev: null,
    locale: null,
    itemKind: null,
    itemId: null,
    itemName: null,
    stopped: false,
    calledOff: false,
    granted: false,
    firstDeliveryId: requestId,
    lastDeliveryId: requestId,
  };
}
