import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import type { Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { refusal } from '../support/procedures.ts';
import { openShop, type Course, type Shop } from '../support/shop.ts';

type Caller = ReturnType<Desk['caller']>;

describe.each(engines())('acts of staff as procedures on %s', (engine) => {
  let shop: Shop;
  let course: Course;
  let support: Caller;

  beforeAll(async () => {
    shop = await openShop(engine);
    course = await shop.course(20);
    support = await shop.desk.as('support');
  });
  afterAll(() => shop.close());

  /** Each act, on an order and a key that are there. */
  const acts = (caller: Caller, orderId: string, keyId: number, reason = 'x') => [
    caller.orders.cancel({ orderId, reason }),
    caller.orders.correct({ orderId, email: 'right@example.test', reason }),
    caller.orders.addKeys({ orderId, sku: course.sku, upTo: 2, reason }),
    caller.keys.give({ sku: course.sku, email: 'press@example.test', reason }),
    caller.keys.replace({ keyId, reason }),
    caller.keys.revoke({ keyId, reason }),
  ];

  test('are closed to strangers and viewers, every one of them, and change nothing', async () => {
    const id = await shop.book(course);
    const [key] = await shop.keys(id);
    const before = await shop.trail(id);
    const viewer = await shop.desk.as('viewer');
    for (const told of await Promise.all(acts(viewer, `amelia:${id}`, key?.id ?? 0).map(refusal)))
      expect(told).toMatch(/^FORBIDDEN: The role viewer/);
    const stranger = shop.desk.caller('Bearer kb_staff_guessed');
    for (const told of await Promise.all(acts(stranger, `amelia:${id}`, key?.id ?? 0).map(refusal)))
      expect(told).toMatch(/^UNAUTHORIZED/);
    expect(await shop.trail(id)).toEqual(before);
  });

  test('ask for a reason, every one of them', async () => {
    const id = await shop.book(course);
    const [key] = await shop.keys(id);
    for (const told of await Promise.all(acts(support, `amelia:${id}`, key?.id ?? 0, ' ').map(refusal)))
      expect(told).toMatch(/^BAD_REQUEST: A reason is required/);
  });

  test('name the member of staff in the trail, and show keys by their end alone', async () => {
    const id = await shop.book(course);
    const orderId = `amelia:${id}`;
    const [key] = await shop.keys(id);
    const answers: unknown[] = [
      await support.keys.replace({ keyId: key?.id ?? 0, reason: 'does not activate' }),
      await support.orders.addKeys({ orderId, sku: course.sku, upTo: 2, reason: 'one more person' }),
      await support.orders.correct({ orderId, email: 'right@example.test', reason: 'typing error' }),
    ];
    const [first] = await shop.keys(id);
    answers.push(await support.keys.revoke({ keyId: first?.id ?? 0, reason: 'leaked' }));
    answers.push(await support.orders.cancel({ orderId, reason: 'refunded' }));
    const page = await support.orders.get({ orderId });
    expect(
      page.timeline
        .filter(({ kind, who }) => kind === 'audit' && who !== 'webhook')
        .map(({ what, why }) => [what, why]),
    ).toEqual([
      ['order.key_replaced', 'does not activate'],
      ['order.keys_added', 'one more person'],
      ['order.resent_to_new_address', 'typing error'],
      ['order.key_revoked', 'leaked'],
      ['order.cancelled', 'refunded'],
    ]);
    expect(page.timeline.at(-1)).toMatchObject({
      who: expect.stringMatching(/^staff:\d+$/),
      whoName: 'support',
    });
    expect(page.timeline[0]).toMatchObject({ who: 'amelia', whoName: null });
    // The course's keys read COURSE-<id>-000001, and so on.
    expect(JSON.stringify([answers, page])).not.toMatch(new RegExp(`${course.sku}-0`));
    expect(await shop.world.broken()).toEqual([]);
  });

  test('keys.give gives a repeated request the same answer, and finds its order by its id', async () => {
    const wish = { sku: course.sku, email: 'press@example.test', reason: 'press', requestId: newUuid() };
    const given = await support.keys.give(wish);
    expect(await support.keys.give(wish)).toEqual(given);
    expect(await support.orders.get({ orderId: given.orderId })).toMatchObject({
      source: 'staff',
      status: 'fulfilled',
      item: null,
      lines: [{ sku: course.sku, quantity: 1 }],
    });
    const { orders } = await support.orders.lookup({ query: given.orderId });
    expect(orders).toMatchObject([{ orderId: given.orderId }]);
    expect(await refusal(support.orders.replay({ orderId: given.orderId, reason: 'x' }))).toMatch(
      /^CONFLICT: Nothing was delivered/,
    );
  });

  test('refuse shapes that cannot be right', async () => {
    const orderId = `amelia:${await shop.book(course)}`;
    const give = { sku: course.sku, email: 'press@example.test', reason: 'x' };
    const calls = [
      support.orders.addKeys({ orderId, sku: course.sku, upTo: 0, reason: 'x' }),
      support.orders.addKeys({ orderId, sku: course.sku, upTo: 201, reason: 'x' }),
      support.orders.addKeys({ orderId, sku: 'no good', upTo: 1, reason: 'x' }),
      support.keys.give({ ...give, quantity: 1.5 }),
      support.keys.give({ ...give, requestId: 'again' }),
      support.keys.replace({ keyId: -1, reason: 'x' }),
      support.orders.correct({ orderId, email: 'a@example.test, b@example.test', reason: 'x' }),
    ];
    for (const told of await Promise.all(calls.map(refusal))) expect(told).toMatch(/^BAD_REQUEST/);
  });

  test('tell what is not there', async () => {
    const calls = [
      support.orders.cancel({ orderId: 'amelia:404', reason: 'x' }),
      support.orders.correct({ orderId: 'amelia:404', email: 'a@example.test', reason: 'x' }),
      support.orders.addKeys({ orderId: 'amelia:404', sku: course.sku, upTo: 1, reason: 'x' }),
      support.keys.give({ sku: 'NO-SUCH', email: 'a@example.test', reason: 'x' }),
      support.keys.replace({ keyId: 999_999, reason: 'x' }),
      support.keys.revoke({ keyId: 999_999, reason: 'x' }),
    ];
    for (const told of await Promise.all(calls.map(refusal))) expect(told).toMatch(/^NOT_FOUND/);
  });
});
