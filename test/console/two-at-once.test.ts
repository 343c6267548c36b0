import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveReason, signIn } from './browser.ts';
import { openDesk, type Desk } from './desk.ts';

describe('two who work at once', () => {
  let desk: Desk;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk();
    await desk.call('products.save', { sku: 'COURSE-A', name: 'Course A', lowStock: 5, reason: 'new' });
    page = await desk.sit();
  });
  afterAll(async () => {
    expect(desk.complaints).toEqual([]);
    await desk.close();
  });
  const product = async () => {
    const { products } = await desk.call('products.list', null);
    return Array.isArray(products) ? products.find(({ sku }) => sku === 'COURSE-A') : undefined;
  };

  test('an edit and its undo leave what a colleague changed meanwhile', async () => {
    await page.goto('/products');
    await page.getByRole('button', { name: /^Edit/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Nothing is changed yet.').waitFor();
    await dialog.getByLabel('Name', { exact: true }).fill('First Aid');
    await desk.call('products.save', { sku: 'COURSE-A', lowStock: 50, reason: 'a rush is near' });
    await giveReason(page, 'A better name', 'Save');
    await page.getByText('COURSE-A was changed.').waitFor();
    expect(await product()).toMatchObject({ name: 'First Aid', lowStock: 50 });
    await desk.call('products.save', { sku: 'COURSE-A', holdMinutes: 7, reason: 'the bank is quick' });
    // The keyboard's way to it; the note is the last thing on the page.
    await page.keyboard.press('z');
    await page.keyboard.press('Enter');
    await page.getByText('COURSE-A is as it was.').waitFor();
    expect(await product()).toMatchObject({ name: 'Course A', lowStock: 50, holdMinutes: 7 });
    const { lines } = await desk.call('audit.list', { subject: 'sku:COURSE-A' });
    expect(JSON.stringify(lines)).toContain('undone: A better name');
  });

  test('an address that a key was mailed to meanwhile is not put back: the mistaken one is mailed nothing', async () => {
    await desk.call('keys.import', { sku: 'COURSE-A', text: 'AAAA-0001' });
    await desk.book('amelia-hook', { id: 21, itemId: 9, email: 'mistaken@example.test' });
    await page.goto('/orders/amelia:21');
    await page.getByRole('button', { name: 'Correct address' }).click();
    await page.getByRole('dialog').getByLabel('E-mail address').fill('right@example.test');
    await giveReason(page, 'Typing error', 'Correct');
    const undo = page.getByRole('button', { name: 'Put it back' });
    await undo.waitFor();
    const course = { source: 'amelia', kind: 'service', itemId: '9', sku: 'COURSE-A' };
    await desk.call('products.mappings.save', { ...course, reason: 'a course' });
    await page.getByText('fulfilled', { exact: true }).first().waitFor();
    await undo.click();
    await page.getByText(/the order has gone on, and right@example.test was mailed/).waitFor();
    const { messages } = await desk.call('orders.get', { orderId: 'amelia:21' });
    expect(messages).toMatchObject([{ kind: 'key', recipient: 'right@example.test' }]);
  });

  test('a dialog stays open until its act is answered', async () => {
    await page.goto('/products');
    let answer = () => {};
    const held = new Promise<void>((done) => (answer = done));
    await page.route('**/trpc/products.save**', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByRole('button', { name: /^Edit/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Course 1');
    await dialog.getByLabel('Reason', { exact: true }).fill('Shorter');
    await dialog.getByRole('button', { name: 'Save' }).click();
    expect(await dialog.getByRole('button', { name: 'Cancel' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    expect(await dialog.isVisible()).toBe(true);
    answer();
    await dialog.waitFor({ state: 'detached' });
    await page.unroute('**/trpc/products.save**');
    expect(await product()).toMatchObject({ name: 'Course 1' });
  });

  test('where another tab signs in as somebody else, nothing of the former one is left', async () => {
    const { token } = await desk.call('staff.add', { name: 'Alan', role: 'viewer', reason: 'new' });
    await page.goto('/products');
    await page.getByRole('searchbox').fill('grace@example.test');
    await page.getByRole('heading', { name: 'No order is known by that' }).waitFor();
    await page.goto('/products');
    await page.getByRole('button', { name: /^Edit/ }).waitFor();
    const other = await page.context().newPage();
    await other.goto('/');
    await other.getByRole('button', { name: /settings and sign-out/ }).click();
    await other.getByRole('menuitem', { name: 'Sign out' }).click();
    await signIn(other, String(token));
    await page.getByRole('button', { name: /^Alan, viewer/ }).waitFor();
    await page.getByText('Course 1').first().waitFor();
    expect(await page.getByRole('button', { name: /^Edit/ }).count()).toBe(0);
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
    await other.close();
  });
});
