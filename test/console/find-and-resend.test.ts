import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { STAFF_TOKEN } from '../support/service.ts';
import { giveReason, signIn } from './browser.ts';
import { openDesk, type Desk } from './desk.ts';

const BUYER = 'grace@example.test';
const KEY = 'PQXF-7K2M-91TD';

/** The mails to the buyer in the local mailbox. */
async function inbox(desk: Desk) {
  const folder = join(desk.service.dataDir, 'mailbox');
  const names = await readdir(folder).catch(() => []);
  const mails = await Promise.all(
    names
      .filter((name) => name.endsWith('.eml'))
      .map(async (name) => simpleParser(await readFile(join(folder, name)))),
  );
  return mails.filter((mail) => JSON.stringify(mail.to).includes(BUYER));
}

describe('a support agent with a buyer on the phone', () => {
  let desk: Desk;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk();
    await desk.call('keys.import', { sku: 'COURSE-A', text: KEY });
    await desk.call('products.mappings.save', {
      source: 'amelia',
      kind: 'service',
      itemId: '1',
      sku: 'COURSE-A',
      reason: 'a course',
    });
    await desk.book('amelia-hook', {
      id: 13,
      email: BUYER,
      firstName: 'Grace',
      lastName: 'Hopper',
      coupon: 'SPRING',
    });
    await vi.waitFor(async () => expect(await inbox(desk)).toHaveLength(1), 10_000);
    page = await desk.sit({ token: null });
  });
  afterAll(async () => {
    expect(desk.complaints).toEqual([]);
    await desk.close();
  });

  test('is told of a wrong token, and signs in with the right one', async () => {
    await page.goto('/orders/amelia:13');
    await page.getByLabel('Staff token', { exact: true }).fill('kb_staff_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByText(/token/i)
      .filter({ hasText: /unknown|revoked|nobody/i })
      .first()
      .waitFor();
    await signIn(page, STAFF_TOKEN);
  });

  test('finds the buyer by e-mail with the keyboard alone', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type(BUYER);
    const find = page.getByRole('link', { name: /Grace Hopper/ });
    await find.waitFor();
    expect(new URL(page.url()).search).toBe(`?q=${encodeURIComponent(BUYER)}`);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('/orders/amelia:13');
    await page.getByRole('heading', { level: 1, name: 'Grace Hopper' }).waitFor();
  });

  test('reads what to say, and what happened: the booking, the key, the mail', async () => {
    await page
      .getByText(/The key was mailed to grace@example\.test at .*, and the mail server took it/)
      .waitFor();
    const steps = await page
      .getByRole('region', { name: 'What happened' })
      .getByRole('listitem')
      .allInnerTexts();
    const words = steps.map((step) => step.split('\n')[0]);
    expect(words.map((word) => word?.replace(/\s*accepted$/, ''))).toEqual([
      'Booking came in',
      'Keys assigned',
      'Mail written',
      'Mail taken by the mail server',
    ]);
    expect(steps[0]).toContain('coupon at args.0.booking.customFields.2.value');
    expect(await page.content()).not.toContain(KEY);
  });

  test('shows times in the zone of the reader, and the exact UTC on hover', async () => {
    const time = page.getByRole('region', { name: 'What happened' }).locator('time').first();
    const iso = (await time.getAttribute('datetime')) ?? '';
    const there = new Date(iso).toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' });
    expect(await time.innerText()).toBe(there);
    await time.hover();
    await page.getByRole('tooltip', { name: `${iso.replace('T', ' ').replace('Z', '')} UTC` }).waitFor();
  });

  test('sends the key again, for a reason; the mail is in the mailbox, and the page shows it by itself', async () => {
    await page.getByRole('button', { name: 'Send again' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send the keys again' });
    await dialog.getByRole('button', { name: 'Send', exact: true }).click();
    await dialog.getByText('Say why in a few words.').waitFor();
    await dialog.getByText('Deleted by accident').click();
    await dialog.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText(`On its way to ${BUYER}.`).waitFor();
    await vi.waitFor(async () => expect(await inbox(desk)).toHaveLength(2), 10_000);
    for (const mail of await inbox(desk)) expect(mail.text).toContain(KEY);
    const history = page.getByRole('region', { name: 'What happened' });
    await history.getByText('Keys sent again').waitFor();
    await history.getByText('Deleted by accident').waitFor();
  });

  test('opens the mail of it: the key is masked, and whole for who may see it and says why', async () => {
    await page.getByRole('region', { name: 'Mails' }).getByRole('link').first().click();
    const frame = page.frameLocator('iframe');
    await frame.getByText('••••-91TD').first().waitFor();
    await page.getByRole('button', { name: 'Show whole keys' }).click();
    await giveReason(page, 'Compares it with the buyer', 'Show them');
    await frame.getByText(KEY).first().waitFor();
    const { lines } = await desk.call('audit.list', { orderId: 'amelia:13', action: 'key.revealed' });
    expect(lines).toMatchObject([{ reason: 'Compares it with the buyer', actorName: 'first admin' }]);
  });

  test('what was shown whole is masked again after a minute, whoever has left their desk', async () => {
    await page.clock.install();
    await page.reload();
    await page.getByRole('button', { name: 'Show whole keys' }).click();
    await giveReason(page, 'Reads it out', 'Show them');
    const frame = page.frameLocator('iframe');
    await frame.getByText(KEY).first().waitFor();
    await page.clock.runFor(61_000);
    await frame.getByText('••••-91TD').first().waitFor();
    expect(await frame.getByText(KEY).count()).toBe(0);
    await page.clock.resume();
  });

  test('shows what others do by itself, without a reload', async () => {
    await page.goto('/orders/amelia:13');
    await page.getByRole('heading', { level: 1, name: 'Grace Hopper' }).waitFor();
    await desk.call('orders.correct', {
      orderId: 'amelia:13',
      email: 'hopper@example.test',
      reason: 'Typing error',
    });
    await page.getByRole('region', { name: 'Booking' }).getByText('hopper@example.test').first().waitFor();
  });

  test('cancels, and takes that back with the button of the note', async () => {
    await page.getByRole('button', { name: 'Cancel order' }).click();
    await giveReason(page, 'The wrong order', 'Cancel the order');
    await page.getByText('Order amelia:13 is cancelled.').waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Set going again' }).click();
    await page.getByText(/Order amelia:13 is set going again/).waitFor();
    expect(await desk.call('orders.get', { orderId: 'amelia:13' })).toMatchObject({ status: 'fulfilled' });
  });

  test('a link from a mail to the admin opens the order', async () => {
    await page.goto('/orders/amelia%3A13');
    await page.getByRole('heading', { level: 1, name: 'Grace Hopper' }).waitFor();
  });

  test('an order that is not there is said to be none, with the way on', async () => {
    await page.goto('/orders/amelia:404');
    await page.getByRole('heading', { name: 'There is no such order' }).waitFor();
  });

  test('a whole key that somebody looks for stands in no address', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByRole('searchbox').fill(KEY);
    await page.getByRole('link', { name: /Grace Hopper/ }).waitFor();
    expect([page.url(), ...asked].filter((address) => address.includes(KEY))).toEqual([]);
  });

  test('Enter opens the one find of what was looked for, and not that of the words before', async () => {
    await page.goto(`/?q=${BUYER}`);
    await page.getByRole('list', { name: 'Orders found' }).getByRole('link').waitFor();
    let answer = () => {};
    const held = new Promise<void>((done) => (answer = done));
    await page.route('**/trpc/orders.lookup**', async (route) => {
      await held;
      await route.continue();
    });
    const asked = page.waitForRequest(/orders\.lookup/);
    await page.getByRole('searchbox').fill('nobody@example.test');
    await asked;
    await page.keyboard.press('Enter');
    answer();
    await page.getByRole('heading', { name: 'No order is known by that' }).waitFor();
    await page.unroute('**/trpc/orders.lookup**');
  });

  test('adds a key of another product: the number is counted from what the order has of that', async () => {
    await desk.call('keys.import', { sku: 'COURSE-Z', text: 'ZZZZ-0001\nZZZZ-0002\nZZZZ-0003' });
    await page.goto('/orders/amelia:13');
    await page.getByRole('button', { name: 'Add keys' }).click();
    const dialog = page.getByRole('dialog');
    const count = dialog.getByLabel('Keys in all');
    const began = Number(await count.inputValue());
    expect(began).toBeGreaterThan(1);
    await dialog.getByLabel('Reason', { exact: true }).fill('Goodwill');
    await count.fill(String(began - 1));
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.getByText(/of this product already: say more/).waitFor();
    await dialog.getByRole('combobox', { name: 'Product' }).click();
    await page.getByRole('option', { name: /COURSE-Z/ }).click();
    expect(await count.inputValue()).toBe('1');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('1 added; the mail is on its way.').waitFor();
  });

  test('signs out, and what was on the screen, and what was looked for, is gone', async () => {
    await page.getByRole('button', { name: /settings and sign-out/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Staff token', { exact: true }).waitFor();
    expect(await page.content()).not.toContain('Grace Hopper');
    await signIn(page, STAFF_TOKEN);
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
  });
});
