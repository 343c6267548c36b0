import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveReason } from './browser.ts';
import { openDesk, type Desk } from './desk.ts';

const CALLS = '**/trpc/**';

describe('a server that does not answer', () => {
  let desk: Desk;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk();
    await desk.call('keys.import', { sku: 'COURSE-A', text: 'AAAA-0001' });
    page = await desk.sit();
  });
  afterAll(async () => {
    expect(desk.complaints).toEqual([]);
    await desk.close();
  });

  test('is told of over what was there, and no longer when it answers', async () => {
    await page.goto('/stock');
    await page.getByRole('heading', { name: 'COURSE-A' }).waitFor();
    await page.route(CALLS, (route) => route.abort());
    const note = page.getByText('The server does not answer; what you see may be old.');
    await note.waitFor();
    expect(await page.getByRole('heading', { name: 'COURSE-A' }).isVisible()).toBe(true);
    await page.unroute(CALLS);
    await note.waitFor({ state: 'detached' });
  });

  test('is told of as well where it answers that it cannot', async () => {
    await page.goto('/stock');
    await page.getByRole('heading', { name: 'COURSE-A' }).waitFor();
    const sentence = 'The database cannot be reached.';
    const data = { code: 'SERVICE_UNAVAILABLE', httpStatus: 503, reason: 'store.away' };
    const body = JSON.stringify({ error: { code: -32603, message: sentence, data } });
    const answer = { status: 503, contentType: 'application/json', body };
    await page.route(CALLS, (route) => route.fulfill(answer));
    const note = page.getByText(`What you see may be old: ${sentence}`);
    await note.waitFor();
    expect(await page.getByRole('heading', { name: 'COURSE-A' }).isVisible()).toBe(true);
    await page.unroute(CALLS);
    await note.waitFor({ state: 'detached' });
  });

  test('is told of where the network is gone, and an undo that failed can be tried again', async () => {
    await page.goto('/products');
    await page.getByRole('button', { name: /^Edit/ }).first().click();
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('First Aid');
    await giveReason(page, 'A better name', 'Save');
    const undo = page.getByRole('button', { name: 'Undo' });
    await undo.waitFor();
    await page.context().setOffline(true);
    await undo.click();
    await page
      .getByRole('alert')
      .getByText(/Look whether it was done/)
      .waitFor();
    await page.getByText('The server does not answer; what you see may be old.').waitFor();
    await page.context().setOffline(false);
    await undo.click();
    await page.getByText('COURSE-A is as it was.').waitFor();
  });

  test('leaves a screen that asks for the first time with a way on, and fills it by itself', async () => {
    await page.route(CALLS, (route) => route.abort());
    await page.goto('/waiting');
    await page.getByRole('heading', { name: 'No answer from the server' }).waitFor();
    await page.unroute(CALLS);
    await page.getByRole('heading', { name: 'Nobody waits' }).waitFor();
  });

  test('an act without an answer says that nobody knows whether it was done, and keeps what was typed', async () => {
    await page.goto('/products');
    await page.getByRole('button', { name: /^Edit/ }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('A better name');
    await dialog.getByLabel('Reason', { exact: true }).fill('A better name');
    await page.route(CALLS, (route) => route.abort());
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText(/Look whether it was done before you try again/).waitFor();
    expect(await dialog.getByLabel('Reason', { exact: true }).inputValue()).toBe('A better name');
    await page.unroute(CALLS);
  });

  test('an act that hangs is given up after a minute, and the dialog can be left', async () => {
    const own = await desk.sit();
    await own.clock.install();
    await own.goto('/products');
    await own.getByRole('button', { name: /^Edit/ }).first().click();
    const dialog = own.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Another name');
    await dialog.getByLabel('Reason', { exact: true }).fill('A better name');
    // Never answered.
    await own.route('**/trpc/products.save**', () => {});
    const asked = own.waitForRequest(/products\.save/);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await asked;
    await own.clock.runFor(61_000);
    await dialog.getByText(/Look whether it was done before you try again/).waitFor();
    await own.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('a session that was ended elsewhere leads to the sign-in, and from there back to the same screen', async () => {
    await page.goto('/stock');
    await page.getByRole('heading', { name: 'COURSE-A' }).waitFor();
    await page.context().clearCookies();
    await page.getByLabel('Staff token', { exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/stock');
  });
});

describe('going from screen to screen', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());

  test('the content has the focus then, and the tab its title', async () => {
    const page = await desk.sit();
    await page.getByRole('link', { name: 'Stock' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Stock' }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('screen');
    expect(await page.title()).toBe('Stock · Key Bank');
  });

  test('whoever searches stays in the search box', async () => {
    const page = await desk.sit();
    await page.goto('/stock');
    await page.getByRole('searchbox').fill('nobody');
    await page.getByRole('heading', { name: 'No order is known by that' }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('search-box');
  });
});
