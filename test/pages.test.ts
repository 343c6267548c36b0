import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadBrand } from '../server/mail/brand.ts';
import { galleryMails } from '../server/mail/gallery.ts';
import { galleryPages } from '../server/mail/gallery-pages.ts';
import { sampleMails } from '../server/mail/samples.ts';
import { orderPage } from '../server/order-page.ts';
import { welcomePage } from '../server/welcome.ts';
import { startBrowser, type Browser } from './support/browser.ts';

const DOWNLOAD_MS = 600_000;
const HEIGHT = 667;
let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
}, DOWNLOAD_MS);
afterAll(() => browser.stop());

async function show(html: string, width: number): Promise<void> {
  await browser.send('Emulation.setDeviceMetricsOverride', {
    ...{ width, height: HEIGHT, deviceScaleFactor: 1, mobile: false },
  });
  await browser.open(`data:text/html;charset=utf-8;base64,${Buffer.from(html).toString('base64')}`);
}

const level = (name: string) => ({
  ...{ sku: name, name, lowStock: null, available: 12_345, assigned: 99_999, held: 12_345, waiting: 12_345 },
  revoked: 0,
});
const site = { site: 'W'.repeat(60), source: 'amelia' as const, lastAt: new Date(0), isSilent: true };
const about = { url: null, plugin: null, listed: 9 };
const welcome = welcomePage(
  { transport: { name: 'mailbox' } },
  {
    levels: [level('First Aid'), level('W'.repeat(80)), level('Basic Life Support for everybody')],
    mails: [{ status: 'queued', count: 99_999 }],
    sites: [{ ...site, ...about, lacking: 3, unknown: 2 }],
    paused: {
      ...{ cause: 'configuration', code: 'smtp_535', why: 'the mail server refused the login (535 5.7.8)' },
      until: new Date(0),
    },
  },
);

describe('in Chromium', () => {
  test.each([
    ['/', welcome],
    ['/orders/…', orderPage(`amelia:${'8'.repeat(191)}`).html],
  ])('the page %s fits every window', async (_path, html) => {
    for (const width of [320, 375, 680]) {
      await show(html, width);
      expect(await browser.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
  });

  test('the gallery begins with mails on a phone, and with its list beside them on a desk', async () => {
    const brand = loadBrand();
    const pages = galleryPages(galleryMails(sampleMails(brand, 'https://keys.example')), brand.name);
    const index = pages.find(({ name }) => name === 'index.html')?.content ?? '';
    const top = (what: string) =>
      browser.evaluate(`document.querySelector(${JSON.stringify(what)}).getBoundingClientRect().top`);
    const isShown = () => browser.evaluate(`document.querySelector('.side li').checkVisibility()`);
    await show(index, 375);
    expect(await top('.cards li')).toBeLessThan(HEIGHT);
    expect(await isShown()).toBe(false);
    await show(index, 1200);
    expect(await isShown()).toBe(true);
  });
});
