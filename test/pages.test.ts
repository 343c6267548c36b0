import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadBrand } from '../server/mail/brand.ts';
import { galleryMails } from '../server/mail/gallery.ts';
import { galleryPages } from '../server/mail/gallery-pages.ts';
import { sampleMails } from '../server/mail/samples.ts';
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

describe('in Chromium', () => {
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
