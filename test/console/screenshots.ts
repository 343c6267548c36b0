import { fileURLToPath } from 'node:url';
import { createDatabase, startEngine } from '../support/start-engine.ts';
import { startService } from '../support/service.ts';
import { openBrowser } from './browser.ts';
import { buildConsole } from './built.ts';
import { pathOfScreen, screens } from './paths.ts';
import { SHOP_ENV, stockShop } from './shop.ts';

// The pictures of docs/console.md: `npx tsx test/console/screenshots.ts`. PostgreSQL and Chromium are found as for the tests.

const IMAGES = new URL('../../docs/images/', import.meta.url);
const LOOKS = {
  light: { scheme: 'light', width: 1180, height: 780 },
  dark: { scheme: 'dark', width: 1180, height: 780 },
  phone: { scheme: 'light', width: 375, height: 780 },
} as const;

await buildConsole();
const engine = await startEngine('postgres');
const database = await createDatabase('postgres', engine.url);
const service = await startService({ DATABASE_URL: database.url, ...SHOP_ENV });
const browser = await openBrowser(service.url);
try {
  const shop = await stockShop(service);
  for (const [look, options] of Object.entries(LOOKS)) {
    const stranger = await browser.sit({ ...options, token: null });
    await stranger.goto('/');
    await stranger.getByRole('button', { name: 'Sign in' }).waitFor();
    await stranger.screenshot({ path: place('sign-in', look) });
    const page = await browser.sit(options);
    const pictures: [string, string][] = screens().map((screen) => [
      screen === 'search' ? 'start' : screen,
      screen === 'mails' ? '/mails?show=all' : pathOfScreen(screen, shop),
    ]);
    for (const [name, path] of [...pictures, ['search', '/?q=ada']] as const) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: place(name, look) });
    }
    await page.goto(pathOfScreen('order', shop));
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByRole('dialog').waitFor();
    await page.screenshot({ path: place('act', look) });
    await page.goto('/import');
    await page.getByRole('combobox', { name: 'Product' }).fill('BLS-COURSE');
    await page.keyboard.press('Enter');
    await page
      .getByRole('textbox', { name: 'Keys' })
      .fill('BLS-7K2M-91TD\nBLS-7K2M-91TE\nBLS-7K2M-91TD\nBLS-7K2M-91TF');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText(/would come into stock/).waitFor();
    await page.screenshot({ path: place('import-preview', look) });
  }
} finally {
  await browser.close();
  await service.stop();
  await database.drop();
  await engine.stop();
}

function place(name: string, look: string): string {
  return fileURLToPath(new URL(`console-${name}-${look}.png`, IMAGES));
}
