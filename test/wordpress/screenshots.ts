import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEngine } from '../support/start-engine.ts';
import { startService, WEBHOOK_TOKEN } from '../support/service.ts';
import { startBrowser } from '../support/browser.ts';
import { startWordPress } from './support/wordpress.ts';

// The pictures of docs/wordpress.md, of a real WordPress and a real Key Bank: `npx tsx test/wordpress/screenshots.ts`.
// Chromium is found by test/support/find-chromium.ts. Only the two addresses are changed in the pictures.

const SECRET = 'signing-secret-for-the-pictures-0123456789';
const TOOLS = '/wp-admin/tools.php?page=key-bank';
const DELIVERY = '#health-check-accordion-block-keybank_delivery';
const IMAGES = fileURLToPath(new URL('../../docs/images', import.meta.url));
const silent = () => {};

const [database, service, browser] = await Promise.all([
  startEngine('mariadb', { log: silent }),
  startService({ KEYBANK_SIGNING_SECRET: SECRET, KEYBANK_DEFAULT_SKU: 'COURSE-A' }),
  startBrowser(),
]);
const wordpress = await startWordPress({
  ...{ php: '8.2', wordpress: 'newest', server: 'fpm', database: database.url, log: silent },
  constants: { DISABLE_WP_CRON: false, WP_DEBUG: false },
});

async function show(path: string, width: number): Promise<void> {
  await browser.send('Emulation.setDeviceMetricsOverride', {
    ...{ width, height: 700, deviceScaleFactor: 1, mobile: width < 500 },
  });
  await browser.open(`${wordpress.url}${path}`);
}

/** From the top of the page, or of `from`, to the end of the last `until`. */
async function shoot(name: string, until: string, from = 'body'): Promise<void> {
  const clip = await browser.evaluate(`(() => {
    const named = [
      [new RegExp('${wordpress.url}', 'g'), 'https://shop.example'],
      [new RegExp('${service.url}', 'g'), 'https://keys.example.com'],
      [/127\\.0\\.0\\.1 port \\d+/g, 'keys.example.com port 443'],
    ];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
      for (const [real, shown] of named) texts.currentNode.data = texts.currentNode.data.replace(real, shown);
    const box = (which) => [...document.querySelectorAll(which)].at(-1).getBoundingClientRect();
    const [first, last] = [box(${JSON.stringify(from)}), box(${JSON.stringify(until)})];
    const y = Math.max(0, Math.floor(first.top + scrollY));
    return { x: first.left, y, width: first.width, height: Math.ceil(last.bottom + scrollY) - y + ${from === 'body' ? 16 : 0}, scale: 1 };
  })()`);
  const { data } = await browser.send('Page.captureScreenshot', { captureBeyondViewport: true, clip });
  await writeFile(`${IMAGES}/wordpress-${name}.png`, String(data), 'base64');
  const over = Number(await browser.evaluate('document.documentElement.scrollWidth - innerWidth'));
  if (over > 0) throw new Error(`${name} is ${over} pixels too wide`);
}

try {
  const keys = Array.from({ length: 20 }, (_, index) => `PQXF-7K2M-${1000 + index}\n`).join('');
  await writeFile(`${service.dataDir}/keys.txt`, keys);
  await promisify(execFile)(
    process.execPath,
    ['server/keybank.js', 'keys', 'import', `${service.dataDir}/keys.txt`, '--sku', 'COURSE-A'],
    { env: { PATH: process.env['PATH'], KEYBANK_DATA_DIR: service.dataDir } },
  );
  const cookies = (await wordpress.logIn()).split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return { name, value: value.join('='), url: wordpress.url };
  });
  await browser.send('Network.setCookies', { cookies });

  await wordpress.sql(`UPDATE wp_options SET option_value = '0' WHERE option_name = 'show_avatars'`);
  await show(TOOLS, 1280);
  await shoot('not-set-up', '.keybank-head');

  await wordpress.setConstants({
    KEYBANK_URL: service.url,
    KEYBANK_TOKEN: WEBHOOK_TOKEN,
    KEYBANK_SIGNING_SECRET: SECRET,
  });
  await show(TOOLS, 1280);
  await browser.evaluate(`document.querySelector('[name=deed][value=test]').form.submit()`);
  await wordpress.idle();
  await show(TOOLS, 1280);
  await shoot('test-event', '.keybank-buttons');

  await wordpress.runCron('keybank_deliver');
  await wordpress.sql(`DELETE FROM wp_options WHERE option_name = 'keybank_last'`);
  await wordpress.scenario('amelia_appointment', { email: 'ada@example.com' });
  await wordpress.scenario('amelia_recurring', { email: 'grace@example.com' });
  await wordpress.scenario('bookly_book', { email: 'alan@example.com' });
  await wordpress.scenario('amelia_cancel_link', { booking: 1 });
  await wordpress.idle();
  await wordpress.runCron('keybank_sweep');
  await wordpress.sql(
    'UPDATE wp_keybank_outbox SET created_at = created_at - INTERVAL 67 * (6 - id) MINUTE, sent_at = sent_at - INTERVAL 67 * (6 - id) MINUTE',
  );
  for (const [name, width] of [
    ['delivered', 1280],
    ['delivered-phone', 375],
  ] as const) {
    await show(TOOLS, width);
    await shoot(name, '.keybank > *');
  }

  await service.stop();
  await wordpress.sql(`DELETE FROM wp_options WHERE option_name = 'keybank_pause'`);
  await wordpress.scenario('amelia_appointment', { email: 'kurt@example.com' });
  await wordpress.scenario('amelia_event', { email: 'emmy@example.com' });
  await wordpress.idle();
  await wordpress.runCron('keybank_deliver');
  await wordpress.sql(
    `UPDATE wp_keybank_outbox SET created_at = created_at - INTERVAL 2 HOUR, failing_since = failing_since - INTERVAL 2 HOUR WHERE sent_at IS NULL`,
  );
  await show(TOOLS, 1280);
  await shoot('failing', '.keybank-buttons ~ .keybank-rows:not(.keybank-cards ~ *)');
  await show('/wp-admin/site-health.php', 1280);
  // Items come in while WordPress asks itself, and push ours about.
  await browser.evaluate(`new Promise((quiet) => {
    const look = () => (document.querySelector('.site-health-progress-wrapper.loading') ? requestAnimationFrame(look) : quiet());
    look();
  })`);
  await browser.evaluate(`document.querySelector('[aria-controls*=keybank_delivery]').click()`);
  await shoot('site-health', DELIVERY, `h4:has(+ ${DELIVERY})`);
} finally {
  await Promise.all([browser.stop(), wordpress.stop(), service.process.exitCode ?? service.stop()]);
  await database.stop();
}
