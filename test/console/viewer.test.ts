import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCREENS } from '../../shared/screens.ts';
import { openDesk, type Desk } from './desk.ts';
import { SHOP_ENV, stockShop, type Shop } from './shop.ts';
import { pathsOf } from './paths.ts';

/** What changes something; each of these words begins a button of ours. */
const ACTS =
  /^(Send again|Correct|Add|Read again|Cancel order|Set going|Show whole|Show$|Replace|Revoke|Take out|Give|Undo|Preview|Import|Say what|Try|Seen to|Edit|Change|Delete|Map|Renew|Verify|Replay|Let |Export)/;

describe('a viewer', () => {
  let desk: Desk;
  let shop: Shop;
  let page: Page;
  let token: string;
  beforeAll(async () => {
    desk = await openDesk(SHOP_ENV);
    shop = await stockShop(desk.service);
    const added = await desk.call('staff.add', {
      name: 'Ida',
      role: 'viewer',
      reason: 'Looks after the figures',
    });
    token = String(added['token']);
    page = await desk.sit({ token });
  });
  afterAll(async () => {
    expect(desk.complaints).toEqual([]);
    await desk.close();
  });

  test('sees every screen that a viewer may see, and no button on it that acts', async () => {
    const seen: string[] = [];
    for (const path of pathsOf(shop)) {
      if ([SCREENS.audit, SCREENS.staff].some((closed) => closed === path)) continue;
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
      const names = await page.getByRole('main').getByRole('button').allInnerTexts();
      seen.push(...names.filter((name) => ACTS.test(name.trim())).map((name) => `${path}: ${name}`));
    }
    expect(seen).toEqual([]);
  });

  test('that the check can fail: an admin has such buttons', async () => {
    const admin = await desk.sit();
    await admin.goto(`/orders/${shop.orderId}`);
    await admin.getByRole('button', { name: 'Send again' }).waitFor();
    const names = await admin.getByRole('main').getByRole('button').allInnerTexts();
    expect(names.filter((name) => ACTS.test(name.trim())).length).toBeGreaterThan(4);
  });

  test('has no entry for what is closed to them, and is told so who goes there all the same', async () => {
    await page.goto('/');
    expect(await page.getByRole('link', { name: 'Staff' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    for (const path of [SCREENS.audit, SCREENS.staff]) {
      await page.goto(path);
      await page
        .getByText(/viewer.*may not|is for an admin|lacks the right|not allowed/i)
        .first()
        .waitFor();
    }
  });

  test('an agent who becomes one, and who is then revoked, sees so on the page that is open', async () => {
    const { token: key, staffId } = await desk.call('staff.add', {
      name: 'Eva',
      role: 'support',
      reason: 'Helps out',
    });
    const agent = await desk.sit({ token: String(key) });
    expect(
      await agent.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie])'),
    ).not.toContain(String(key));
    await agent.goto('/deliveries');
    await agent
      .getByRole('button', { name: /^Read again/ })
      .first()
      .waitFor();
    expect(await agent.getByRole('button', { name: 'Replay many' }).count()).toBe(0);
    await desk.call('staff.change', { staffId, role: 'viewer', reason: 'The season is over' });
    await agent.reload();
    await agent
      .getByRole('row', { name: /amelia:/ })
      .first()
      .waitFor();
    expect(await agent.getByRole('button', { name: /^Read again/ }).count()).toBe(0);
    await desk.call('staff.revoke', { staffId, reason: 'Works elsewhere now' });
    await agent.getByLabel('Staff token', { exact: true }).waitFor();
  });

  test('is refused by the server too, whatever their page does', async () => {
    const { status } = await desk.service.rpc(
      'orders.resend',
      { orderId: shop.orderId, reason: 'mine' },
      token,
    );
    expect(status).toBe(403);
  });
});
