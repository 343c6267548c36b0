import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDesk, type Desk } from './desk.ts';

/** Two pages of 1,000 lines and a bit. */
const MANY = 2_010;

describe('whoever reads the audit trail', () => {
  let desk: Desk;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk();
    page = await desk.sit();
    for (const sku of ['COURSE-A', 'COURSE-B'])
      await desk.call('products.save', { sku, reason: `${sku} is new` });
  });
  afterAll(async () => {
    expect(desk.complaints).toEqual([]);
    await desk.close();
  });
  const rows = () => page.getByRole('table', { name: 'Lines of the audit trail' }).getByRole('row');

  test('narrows it, keeps the field at hand, and finds the same behind the address', async () => {
    await page.goto('/audit');
    await page.getByLabel('About', { exact: true }).fill('sku:COURSE-A');
    await page.keyboard.press('Enter');
    await page.waitForURL(/subject=sku%3ACOURSE-A/);
    await expect.poll(() => rows().count()).toBe(2);
    await page.getByRole('row', { name: /COURSE-A is new/ }).waitFor();
    await page.getByLabel('About', { exact: true }).and(page.locator(':focus')).waitFor();
    await page.reload();
    await page.getByRole('row', { name: /COURSE-A is new/ }).waitFor();
    expect(await rows().count()).toBe(2);
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    await page.getByRole('row', { name: /COURSE-B is new/ }).waitFor();
  });

  test('a field that is left filters; the click that left it is not lost', async () => {
    await page.goto('/audit');
    await page.getByRole('row', { name: /COURSE-B is new/ }).waitFor();
    await page.getByLabel('About', { exact: true }).fill('sku:COURSE-B');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as CSV' }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toContain('COURSE-B is new');
    await page.getByText(/The lines were saved as audit-/).waitFor();
    await page.waitForURL(/subject=sku%3ACOURSE-B/);
  });

  test('finds nothing of a day that is over, and all of today, by their own calendar', async () => {
    await page.goto('/audit?until=2020-01-01');
    await page.getByRole('heading', { name: 'No line fits' }).waitFor();
    const today = String(await page.evaluate('new Date().toLocaleDateString("sv")'));
    await page.goto(`/audit?since=${today}&until=${today}`);
    await page.getByRole('row', { name: /COURSE-B is new/ }).waitFor();
  });

  test('takes it along as one file, however many pages that is', async () => {
    for (let done = 0; done < MANY; done += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          desk.call('products.save', { sku: `P-${done + index}`, reason: 'one of many' }),
        ),
      );
    await page.goto('/audit?action=product.created');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as CSV' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n').filter(Boolean);
    expect(lines.filter((line) => line.startsWith('"id"'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('one of many')).length).toBeGreaterThanOrEqual(MANY);
    // That somebody signed in stands in the trail too, and was not asked for.
    expect(lines.slice(1).filter((line) => !line.includes('"product.created"'))).toEqual([]);
  });
});
