import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDesk, type Desk } from './desk.ts';

describe('a course that nobody has mapped', () => {
  let desk: Desk;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk();
    await desk.call('keys.import', {
      sku: 'COURSE-A',
      text: ['K-1', 'K-2', 'K-3'].map((key) => `AAAA-${key}`).join('\n'),
    });
    await desk.book('amelia-hook', { id: 21, itemId: 7, email: 'ada@example.test' });
    await desk.book('amelia-hook', { id: 22, itemId: 7, email: 'grace@example.test' });
    page = await desk.sit();
  });
  afterAll(async () => {
    expect(desk.complaints).toEqual([]);
    await desk.close();
  });
  const statusOf = async (orderId: string) => (await desk.call('orders.get', { orderId }))['status'];

  test('is on the attention list, and its number is in the menu', async () => {
    expect([await statusOf('amelia:21'), await statusOf('amelia:22')]).toEqual(['attention', 'attention']);
    await page.getByRole('link', { name: 'Attention 2' }).click();
    await page.waitForURL('/attention');
    await page.getByRole('article', { name: /amelia:21/ }).waitFor();
    await page.getByRole('article', { name: /amelia:22/ }).waitFor();
  });

  test('is mapped there with one click and a reason, and the orders that waited have their keys', async () => {
    await page.getByRole('button', { name: 'Say what the course sells' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: /Product|Sells/ }).click();
    await page.getByRole('option', { name: /COURSE-A/ }).click();
    await dialog.getByLabel('Reason', { exact: true }).fill('A new course');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/Orders that waited for the course are decided now/).waitFor();
    await page.getByRole('heading', { name: 'Nothing needs you' }).waitFor();
    expect([await statusOf('amelia:21'), await statusOf('amelia:22')]).toEqual(['fulfilled', 'fulfilled']);
  });

  test('the next booking of it needs nobody; out of stock it waits, and an import serves it', async () => {
    await desk.book('amelia-hook', { id: 23, itemId: 7, email: 'alan@example.test' });
    await desk.book('amelia-hook', { id: 24, itemId: 7, email: 'mary@example.test' });
    await page.goto('/waiting');
    await page.getByRole('row', { name: /amelia:24/ }).waitFor();
    await desk.call('keys.import', { sku: 'COURSE-A', text: 'BBBB-1' });
    await page.getByRole('heading', { name: 'Nobody waits' }).waitFor();
    expect(await statusOf('amelia:24')).toBe('fulfilled');
  });

  test('what was seen to can be put back on the list', async () => {
    await desk.service.post('bookly', null, { raw: 'not even JSON' });
    await page.goto('/attention');
    await page.getByRole('button', { name: 'Seen to' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nothing to do').click();
    await dialog.getByRole('button', { name: 'Take off' }).click();
    await page.getByRole('heading', { name: 'Nothing needs you' }).waitFor();
    await page.getByRole('button', { name: 'Put it back' }).click();
    await page.getByRole('article', { name: /Unreadable delivery/ }).waitFor();
  });
});
