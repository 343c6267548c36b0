import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeAmeliaChanges } from './journeys/amelia-changes.ts';
import { describeAmeliaSales } from './journeys/amelia-sales.ts';
import { describeBookly } from './journeys/bookly.ts';
import { describeOddArguments } from './journeys/odd-arguments.ts';
import { keysIn, openShop, ownFaults, recipients, type Shop } from './journeys/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.stop());

describeAmeliaSales(() => shop);
describeAmeliaChanges(() => shop);
describeBookly(() => shop);

describe('after all these bookings', () => {
  it('no key was mailed to two addresses, and each was in stock', () => {
    const seen = new Map<string, string>();
    for (const mail of shop.sink.mails) {
      for (const key of keysIn(mail.text ?? '')) {
        const address = recipients(mail).join();
        expect(shop.imported.has(key), key).toBe(true);
        expect(seen.get(key) ?? address).toBe(address);
        seen.set(key, address);
      }
    }
    expect(seen.size).toBeGreaterThan(20);
  });

  it('nothing is left to send, nothing failed, and both sides agree', async () => {
    expect(
      await shop.wordpress.sql(
        'SELECT id, last_error FROM wp_keybank_outbox WHERE sent_at IS NULL OR code <> 200',
      ),
    ).toEqual([]);
    await shop.wordpress.runCron('keybank_sweep');
    expect(await shop.wordpress.php(`return get_option( 'keybank_reconciled' );`)).toMatchObject({
      lacking: 0,
      unknown: 0,
      error: null,
    });
    expect(await shop.wordpress.php(`return get_option( 'keybank_fault' );`)).toBe(false);
    expect(ownFaults(await shop.wordpress.debugLog())).toEqual([]);
  });
});

describeOddArguments(() => shop);
