import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveReason, signIn } from './browser.ts';
import { openDesk, type Desk } from './desk.ts';

const MINUTE = 60_000;

describe('an admin who looks after the staff', () => {
  let desk: Desk;
  let page: Page;
  let token = '';
  beforeAll(async () => {
    desk = await openDesk();
    page = await desk.sit();
  });
  afterAll(async () => {
    expect(desk.complaints).toEqual([]);
    await desk.close();
  });

  /** Reads the token, and closes the dialog as a person must. */
  async function takeToken(): Promise<string> {
    const dialog = page.getByRole('dialog');
    const shown = await dialog.locator('code').innerText();
    await page.keyboard.press('Escape');
    await dialog.getByRole('checkbox').check();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    return shown;
  }

  /** As whoever returns to the tab after a while: what is on the screen is old then, and asked for anew. */
  async function comeBackAfter(ms: number): Promise<void> {
    await page.clock.setFixedTime(Date.now() + ms);
    await page.evaluate('window.dispatchEvent(new Event("visibilitychange"))');
  }

  test('adds a member, whose token is shown once and opens the console', async () => {
    await page.goto('/staff');
    await page.getByRole('button', { name: 'Add a member' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Grace');
    await dialog.getByRole('radio', { name: 'Admin' }).check();
    await dialog.getByText('New in the team').click();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    token = await takeToken();
    await page.getByRole('row', { name: /Grace/ }).waitFor();
    expect(await page.content()).not.toContain(token);
    await signIn(await desk.sit({ token: null }), token);
  });

  test('takes rights away and gives them back', async () => {
    await page.getByRole('button', { name: 'Change what Grace may do' }).click();
    await page.getByRole('dialog').getByRole('radio', { name: 'Viewer' }).check();
    await giveReason(page, 'Needs less', 'Save');
    await page.getByRole('row', { name: /Grace.*Viewer/ }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('row', { name: /Grace.*Admin/ }).waitFor();
  });

  test('an undo leaves what a colleague has decided since', async () => {
    await page.getByRole('button', { name: 'Change what Grace may do' }).click();
    await page.getByRole('dialog').getByRole('radio', { name: 'Viewer' }).check();
    await giveReason(page, 'Needs less', 'Save');
    await page.getByText('Grace now has the role Viewer.').waitFor();
    const { members } = await desk.call('staff.list', null);
    const grace = Array.isArray(members) ? members.find(({ name }) => name === 'Grace') : undefined;
    await desk.call('staff.change', { staffId: grace?.staffId, role: 'support', reason: 'Helps buyers' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/^Nothing was changed: somebody else/).waitFor();
    await page.getByRole('row', { name: /Grace.*Support/ }).waitFor();
    await desk.call('staff.change', { staffId: grace?.staffId, role: 'admin', reason: 'As before' });
  });

  test('renews their own token, and reads the new one though the session is over', async () => {
    page = await desk.sit({ token: null });
    await signIn(page, token);
    await page.goto('/staff');
    await page.getByRole('row', { name: /Grace/ }).waitFor();
    const news = page.waitForRequest(/staff\.list/);
    await comeBackAfter(MINUTE);
    await news;
    await page.getByRole('button', { name: 'Renew token of Grace' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason', { exact: true }).fill('Renewed in turn');
    await dialog.getByRole('button', { name: 'Renew', exact: true }).click();
    await dialog.locator('code').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await comeBackAfter(2 * MINUTE);
    expect(asked).toEqual([]);
    const renewed = await takeToken();
    await page.getByLabel('Staff token', { exact: true }).waitFor();
    expect(renewed).not.toBe(token);
    await signIn(page, renewed);
  });

  test('revokes a member, who is out and stands below the others', async () => {
    page = await desk.sit();
    await page.goto('/staff');
    await page.getByRole('button', { name: 'Revoke Grace' }).click();
    await giveReason(page, 'Works elsewhere now', 'Revoke for good');
    await page.getByText('1 member was revoked').click();
    await page.getByRole('table', { name: 'Revoked members' }).getByRole('row', { name: /Grace/ }).waitFor();
    expect(await page.getByRole('table', { name: 'Members of staff' }).innerText()).not.toContain('Grace');
  });
});
