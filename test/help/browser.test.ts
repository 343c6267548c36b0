import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { helpPage } from '../../server/help-page.ts';
import { openMailPage, type MailPage } from '../mail/mail-page.ts';
import { startBrowser } from '../support/browser.ts';
import { engines, freshDatabase } from '../support/engines.ts';
import { startService } from '../support/service.ts';

const DOWNLOAD_MS = 600_000;
let page: MailPage;
beforeAll(async () => {
  page = await openMailPage();
}, DOWNLOAD_MS);
afterAll(() => page.stop());

const brand = { name: `Courses ${'W'.repeat(60)}`, supportEmail: `help@${'w'.repeat(60)}.example` };
const STATES = [null, 'asked', 'incomplete', 'too many', 'away'] as const;

describe('the help page in Chromium', () => {
  test.each(STATES)('(%s) fits a phone and can be read by anyone, light and dark', async (news) => {
    await page.open({ html: helpPage(brand, news), inline: [], subject: '', text: '' });
    for (const width of [320, 375, 680]) {
      await page.setWidth(width);
      expect(await page.width(), `scrolls sideways at ${width}`).toBeLessThanOrEqual(width);
      for (const scheme of ['light', 'dark'] as const) {
        await page.setScheme(scheme);
        expect(await page.axe(), `${width}, ${scheme}`).toEqual([]);
      }
    }
  });
});

test('a buyer fills it in, presses the button, and is thanked', async () => {
  const [engine = 'postgres'] = engines();
  const database = await freshDatabase(engine);
  const service = await startService({ DATABASE_URL: database.url });
  const browser = await startBrowser();
  try {
    await browser.open(`${service.url}/help`);
    await browser.evaluate(`{
      document.querySelector('#email').value = 'buyer@example.test';
      document.querySelector('#booking').value = '13';
      document.querySelector('button').click();
    }`);
    await vi.waitFor(
      async () =>
        expect(await browser.evaluate(`document.querySelector('h1').textContent`)).toBe('Thank you'),
      10_000,
    );
  } finally {
    await browser.stop();
    await service.stop();
    await database.drop();
  }
});
