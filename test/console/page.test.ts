import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCREENS } from '../../shared/screens.ts';
import { STAFF_TOKEN } from '../support/service.ts';
import { signIn } from './browser.ts';
import { openDesk, type Desk } from './desk.ts';

const MOST_SCRIPT = 200_000;

describe('the page of the console', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${desk.service.url}${path}`, { headers });

  test('its first load, the search, is less than 200 KB of gzipped script', async () => {
    const page = await desk.sit({ token: null });
    const scripts = new Set<string>();
    page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.add(new URL(request.url()).pathname);
    });
    await page.goto('/');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await signIn(page, STAFF_TOKEN);
    await page.getByRole('searchbox').fill('nobody');
    await page.getByRole('heading', { name: 'No order is known by that' }).waitFor();
    let bytes = 0;
    for (const path of scripts) {
      const answer = await get(path, { 'accept-encoding': 'gzip' });
      bytes += Number(answer.headers.get('content-length'));
      expect(answer.headers.get('content-encoding')).toBe('gzip');
    }
    expect(scripts.size).toBeGreaterThan(1);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(MOST_SCRIPT);
  });

  test('is sent for the address of every screen, and for no other', async () => {
    for (const path of Object.values(SCREENS)) {
      const answer = await get(path.replace(/:\w+/, 'amelia:13'));
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        200,
        'text/html; charset=utf-8',
      ]);
    }
    expect((await get('/no/such/screen')).status).toBe(404);
    expect((await get('/assets/../package.json')).status).toBe(404);
    expect((await get('/assets/%2e%2e/index.html')).status).toBe(404);
  });

  test('comes with a policy that lets nothing in from outside, and with another nonce each time', async () => {
    const [one, two] = [await get('/'), await get('/')];
    const policy = one.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const nonceOf = (answer: Response) =>
      /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1] ?? '';
    expect(nonceOf(one)).not.toBe(nonceOf(two));
    const html = await one.text();
    expect(html).toContain(`nonce="${nonceOf(one)}"`);
    expect(html).not.toContain('KEYBANK_NONCE');
    expect([...html.matchAll(/(?:src|href)="([^"]+)"/g)].filter(([, url]) => !url?.startsWith('/'))).toEqual(
      [],
    );
    expect(one.headers.get('cache-control')).toBe('no-store');
  });

  test('the frame for mails has no origin, and its policy loads nothing from outside', async () => {
    const policy = (await get('/mail-frame.html')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain('sandbox allow-scripts');
    expect(policy).not.toMatch(/allow-same-origin|https?:|\*/);
  });

  test('its files may be kept for ever, and come as gzip where that is taken', async () => {
    const html = await (await get('/')).text();
    const path = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const plain = await get(path, { 'accept-encoding': 'identity' });
    expect(plain.headers.get('cache-control')).toContain('immutable');
    expect((await plain.text()).length).toBeGreaterThan(1000);
  });
});
