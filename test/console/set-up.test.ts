import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openSmtpSink, type SmtpSink } from '../support/smtp-sink.ts';
import { WEBHOOK_TOKEN } from '../support/service.ts';
import { giveReason } from './browser.ts';
import { openDesk, type Desk } from './desk.ts';

describe('a new shop', () => {
  let desk: Desk;
  let sink: SmtpSink;
  let page: Page;
  beforeAll(async () => {
    sink = await openSmtpSink();
    desk = await openDesk({
      KEYBANK_MAIL: sink.url,
      KEYBANK_MAIL_FROM: 'Course Shop <keys@shop.example>',
      KEYBANK_ADMIN_EMAIL: 'admin@shop.example',
    });
    page = await desk.sit();
  });
  afterAll(async () => {
    expect(desk.complaints).toEqual([]);
    await desk.close();
    await sink.close();
  });
  const isDone = (step: string) =>
    page.getByRole('listitem').filter({ hasText: step }).getByRole('img', { name: 'Done' });

  test('is told what to do next; each step is ticked by itself as it is done', async () => {
    await page.getByRole('heading', { name: 'What to do next' }).waitFor();
    await page.getByText('2 of 6 done').waitFor();
    await isDone('Let mails go out').waitFor();
    await desk.call('keys.import', { sku: 'COURSE-A', text: 'AAAA-1\nAAAA-2' });
    await isDone('Bring keys in').waitFor();
    await desk.call('products.mappings.save', {
      source: 'amelia',
      kind: 'service',
      itemId: '1',
      sku: 'COURSE-A',
      reason: 'A course',
    });
    await isDone('Say which course').waitFor();
    await desk.book('amelia-hook', { id: 1 });
    await isDone('See a booking become a mail').waitFor();
  });

  test('the list is gone when all is done', async () => {
    const list = {
      v: 1,
      plugin: '1.0.0',
      source: 'amelia',
      site: 'https://shop.example',
      after: 0,
      upto: null,
      bookings: [],
    };
    const answer = await fetch(`${desk.service.url}/webhooks/reconcile?token=${WEBHOOK_TOKEN}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...list, sentAt: new Date().toISOString() }),
    });
    expect(answer.status).toBe(200);
    await page.getByRole('heading', { name: 'What to do next' }).waitFor({ state: 'detached' });
  });

  test('a viewer is shown no such list', async () => {
    const other = await openDesk();
    const { token } = await other.call('staff.add', { name: 'Ida', role: 'viewer', reason: 'Looks on' });
    const viewer = await other.sit({ token: String(token) });
    await viewer.getByRole('heading', { name: 'Needs a person' }).waitFor();
    expect(await viewer.getByRole('heading', { name: 'What to do next' }).count()).toBe(0);
    await other.close();
  });

  test('a product is renamed, and has its name back with the button of the note', async () => {
    await page.goto('/products');
    await page.getByRole('button', { name: /^Edit/ }).first().click();
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('First Aid');
    await giveReason(page, 'A better name', 'Save');
    await page.getByRole('row', { name: /First Aid/ }).waitFor();
    await page.getByRole('status').getByRole('button').first().click();
    await page.getByRole('row', { name: /First Aid/ }).waitFor({ state: 'detached' });
    expect(await desk.call('products.list', undefined)).toMatchObject({
      products: [{ sku: 'COURSE-A', name: 'COURSE-A' }],
    });
  });

  test('all promises are verified on demand', async () => {
    await page.goto('/health');
    await page.getByRole('button', { name: 'Verify all promises' }).click();
    await page
      .getByText(/all .*promises? .*kept|every promise is kept/i)
      .first()
      .waitFor();
  });

  test('with the keyboard alone: screens, help, and the focus comes back from a dialog', async () => {
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('k');
    await page.waitForURL('/keys');
    await page.getByRole('button', { name: 'Give keys' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await vi.waitFor(async () =>
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Give keys'),
    );
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('letter keys can be had off, and times in UTC', async () => {
    await page.goto('/audit');
    const time = page.locator('tbody time').first();
    await time.waitFor();
    expect(await time.textContent()).toMatch(/^\d\d:\d\d:\d\d$/);
    const choose = async (item: string) => {
      await page.getByRole('button', { name: /settings and sign-out/ }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await choose('Times in UTC');
    expect(await time.textContent()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC$/);
    await choose('Letter keys off');
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('?');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await choose('Letter keys on');
    await choose('Times of my zone');
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
  });

  test('dark stays dark over a reload', async () => {
    await page.getByRole('button', { name: /settings and sign-out/ }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await page.reload();
    expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
  });

  test('an address that is none says so, as a page with the status 404', async () => {
    const answer = await page.goto('/no/such/screen');
    expect(answer?.status()).toBe(404);
    await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
  });
});
