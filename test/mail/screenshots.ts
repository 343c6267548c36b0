import { writeFile } from 'node:fs/promises';
import { openMailPage } from './mail-page.ts';
import { samples } from './mails.ts';

// The pictures of docs/mail.md, the first sample of each template: `npx tsx test/mail/screenshots.ts`. Chromium is found
// by test/support/find-chromium.ts.

const IMAGES = new URL('../../docs/images/', import.meta.url);
const DESKTOP = 680;
const PHONE = 375;

const page = await openMailPage();
try {
  const all = samples();
  for (const [at, { template, mail }] of all.entries()) {
    if (all.findIndex((other) => other.template === template) !== at) continue;
    await page.open(mail);
    for (const scheme of ['light', 'dark'] as const) {
      await page.setScheme(scheme);
      await page.setWidth(DESKTOP);
      await writeFile(new URL(`mail-${template}-${scheme}.png`, IMAGES), await page.picture());
      if (template !== 'key') continue;
      await page.setWidth(PHONE);
      await writeFile(new URL(`mail-${template}-phone-${scheme}.png`, IMAGES), await page.picture());
    }
  }
} finally {
  await page.stop();
}
