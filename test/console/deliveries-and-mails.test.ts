import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveReason } from './browser.ts';
import { openDesk, type Desk } from './desk.ts';
import { SHOP_ENV, stockShop, type Shop } from './shop.ts';

describe('deliveries and mails', () => {
  let desk: Desk;
  let shop: Shop;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk(SHOP_ENV);
    shop = await stockShop(desk.service);
    page = await desk.sit();
  });
  afterAll(async () => {
    expect(desk.complaints).toEqual([]);
    await desk.close();
  });

  test('a list goes on by its cursor: every delivery is there once', async () => {
    await page.goto('/deliveries');
    const rows = page.getByRole('table', { name: 'Deliveries' }).getByRole('row');
    await rows.nth(25).waitFor();
    expect(await rows.count()).toBe(26);
    await page.getByRole('button', { name: 'Show more' }).click();
    await rows.nth(26).waitFor();
    const orders = await page
      .getByRole('table')
      .getByRole('link', { name: /^(amelia|bookly):/ })
      .allInnerTexts();
    expect(new Set(orders).size).toBe(orders.length);
    expect(orders.length).toBeGreaterThan(30);
  });

  test('a filter stands in the address, and is there again behind it', async () => {
    await page.goto('/deliveries?verdict=attention&source=bookly');
    await page.getByRole('row', { name: /bookly:141/ }).waitFor();
    const rows = await page.getByRole('table', { name: 'Deliveries' }).getByRole('row').allInnerTexts();
    expect(rows.slice(1).every((row) => row.includes('Bookly') && row.includes('needs a person'))).toBe(true);
  });

  test('many are read again after they were counted; the orders that waited for the course have their keys', async () => {
    for (const source of ['amelia', 'bookly'])
      await desk.call('products.mappings.save', {
        source,
        kind: 'service',
        itemId: '9',
        sku: 'ALS-COURSE',
        reason: 'A new course',
      });
    await page.goto('/deliveries?verdict=attention');
    await page.getByRole('button', { name: 'Replay many' }).click();
    const dialog = page.getByRole('dialog', { name: 'Read many deliveries again' });
    await dialog.getByText('4', { exact: true }).waitFor();
    await dialog.getByLabel('Reason', { exact: true }).fill('The courses are mapped now');
    await dialog.getByRole('button', { name: 'Read 4 deliveries again' }).click();
    await dialog.getByText('What came of them').or(dialog.getByLabel('What came of them')).first().waitFor();
    expect(await desk.call('orders.get', { orderId: 'amelia:140' })).toMatchObject({ status: 'fulfilled' });
  });

  test('a mail in trouble says why; its address can be let through again', async () => {
    await page.goto('/mails?show=trouble');
    await page
      .getByRole('row', { name: /edsger\.dijkstra@example\.test/ })
      .getByText('bounced', { exact: true })
      .waitFor();
    await page.goto('/mails/suppressed');
    await page.getByRole('button', { name: /Let mail through again/ }).click();
    await giveReason(page, 'The mailbox is back', 'Let it through');
    await page
      .getByText(/edsger\.dijkstra@example\.test/)
      .first()
      .waitFor();
    expect(await desk.call('mail.suppressed', {})).toMatchObject({ suppressed: [] });
  });

  test('who may not see whole keys sees the mail masked, without a button, and is told what it takes', async () => {
    const { token } = await desk.call('staff.add', {
      name: 'Ida',
      role: 'support',
      reason: 'Answers the phone',
    });
    const agent = await desk.sit({ token: String(token) });
    await agent.goto(`/mails/${shop.messageId}`);
    await agent
      .frameLocator('iframe')
      .getByText(/^••••-/)
      .first()
      .waitFor();
    await agent.getByText(/you need the right “reveal”/).waitFor();
    expect(await agent.getByRole('button', { name: 'Show whole keys' }).count()).toBe(0);
  });
});
