import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDesk, type Desk } from './desk.ts';
import { pathsOf } from './paths.ts';
import { SHOP_ENV, stockShop, type Shop } from './shop.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The frame slides when the window becomes a phone's: it is looked at when it stands. */
async function still(page: Page): Promise<void> {
  await page.evaluate(`new Promise((done) =>
    requestAnimationFrame(() =>
      done(Promise.allSettled(
        document.getAnimations().filter(({ effect }) => effect.getTiming().iterations !== Infinity).map(({ finished }) => finished),
      )),
    ),
  ).then(() => null)`);
}

/** What axe finds on the page as it stands, by rule and place. */
async function faults(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  const found: { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] } =
    await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(TAGS)} })`);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, failureSummary = '' }) =>
        `${page.url()} ${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`,
    ),
  );
}

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  for (const wait of ['[role=status][aria-label=Loading]', '[aria-busy=true]'])
    await page.locator(wait).first().waitFor({ state: 'detached' });
  await page.waitForLoadState('networkidle');
}

describe.each(['light', 'dark'] as const)('axe finds nothing at A and AA, %s:', (scheme) => {
  let desk: Desk;
  let shop: Shop;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk(SHOP_ENV);
    shop = await stockShop(desk.service);
    page = await desk.sit({ scheme });
  });
  afterAll(() => desk.close());

  test('on every screen, on a desk and on a phone', async () => {
    const found: string[] = [];
    for (const path of pathsOf(shop)) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(path);
      await settled(page);
      found.push(...(await faults(page)));
      await page.setViewportSize({ width: 375, height: 800 });
      await still(page);
      found.push(...(await faults(page)));
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      if (Number(wide) > 375) found.push(`${path} is ${String(wide)} px wide on a phone`);
    }
    expect(found).toEqual([]);
  });

  test('in dialogs, in the menu of the member, in the help for the keyboard, and where one signs in', async () => {
    const found: string[] = [];
    await page.setViewportSize({ width: 1280, height: 900 });
    for (const [path, button] of [
      [`/orders/${shop.orderId}`, 'Send again'],
      [`/orders/${shop.orderId}`, 'Add keys'],
      ['/attention', 'Say what the course sells'],
      ['/keys', 'Give keys'],
      ['/staff', 'Add'],
      ['/products', 'Add'],
    ] as const) {
      await page.goto(path);
      await page.getByRole('button', { name: button }).first().click();
      await page.getByRole('dialog').waitFor();
      found.push(...(await faults(page)));
    }
    await page.goto('/');
    await settled(page);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    found.push(...(await faults(page)));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /settings and sign-out/ }).click();
    await page.getByRole('menu').waitFor();
    found.push(...(await faults(page)));
    const stranger = await desk.sit({ scheme, token: null });
    await stranger.goto('/');
    await stranger.getByRole('button', { name: 'Sign in' }).waitFor();
    found.push(...(await faults(stranger)));
    expect(found).toEqual([]);
  });

  test('that the check can fail: a picture without words is found', async () => {
    await page.goto('/');
    await settled(page);
    await page.evaluate(`document.querySelector('main').append(document.createElement('img'))`);
    expect((await faults(page)).join()).toContain('image-alt');
  });
});
