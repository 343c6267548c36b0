import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDesk, type Desk } from './desk.ts';

const MINUTE = 60_000;

describe('a page that is left open', () => {
  let desk: Desk;
  let page: Page;
  let asked = 0;
  const underWay = new Set<Request>();
  beforeAll(async () => {
    desk = await openDesk();
    await desk.service.post('bookly', null, { raw: 'not even JSON' });
    page = await desk.sit();
    page.on('request', (request) => {
      if (!request.url().includes('/trpc/')) return;
      asked += 1;
      underWay.add(request);
    });
    page.on('requestfinished', (request) => underWay.delete(request));
    page.on('requestfailed', (request) => underWay.delete(request));
    await page.clock.install();
    await page.goto('/attention');
    await page.getByRole('article').waitFor();
  });
  afterAll(async () => {
    expect(desk.complaints).toEqual([]);
    await desk.close();
  });
  /** Whatever the page wants to ask in that time, it asks, and hears the answer before its clock leaps on. */
  const pass = async (ms: number) => {
    asked = 0;
    for (let gone = 0; gone < ms; gone += 20_000) {
      await page.clock.runFor(20_000);
      await vi.waitFor(() => expect(underWay.size).toBe(0), { timeout: 10_000 });
    }
    return asked;
  };

  test('asks for news while somebody is there', async () => {
    await page.mouse.move(10, 10);
    expect(await pass(MINUTE)).toBeGreaterThan(1);
  });

  test('rests after a quarter of an hour without a move, so that the session can end', async () => {
    // What was to be asked once more when somebody was last there, is: at a clock that leaps, long after.
    await pass(40 * MINUTE);
    expect(await pass(5 * MINUTE)).toBe(0);
  });

  test('asks again as soon as somebody returns', async () => {
    await page.mouse.move(200, 200);
    expect(await pass(MINUTE)).toBeGreaterThan(1);
  });

  test('leaves what somebody acts on in its place while their dialog is open, and catches up then', async () => {
    await page.getByRole('button', { name: 'Seen to' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason', { exact: true }).fill('Half a sent');
    const { items } = await desk.call('attention.list', {});
    const ids = Array.isArray(items) ? items.map((item) => Number(item.alertId)) : [];
    await desk.call('attention.settle', { alertIds: ids, reason: 'A colleague was quicker' });
    await pass(MINUTE);
    expect(await dialog.getByLabel('Reason', { exact: true }).inputValue()).toBe('Half a sent');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'Nothing needs you' }).waitFor();
  });
});
