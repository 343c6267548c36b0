import { createServer, type Server } from 'node:http';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readFrameMessage } from '../../console/mails/frame-message.ts';
import { openDesk, type Desk } from './desk.ts';

const hostile = (OUTSIDE: string) => `<html><head>
  <link rel="stylesheet" href="${OUTSIDE}"><base href="${OUTSIDE}"><meta http-equiv="refresh" content="0;url=${OUTSIDE}">
  <style>p { background: url(${OUTSIDE}) } h1 { color: rgb(1, 2, 3) }</style><script>parent.postMessage('ran', '*')</script></head>
  <body onload="parent.postMessage('ran', '*')"><h1>A mail</h1><p>words</p>
  <img src="${OUTSIDE}" onerror="parent.postMessage('ran', '*')"><img src=x onerror="parent.postMessage('ran', '*')">
  <svg onload="parent.postMessage('ran', '*')"><a xlink:href="${OUTSIDE}"><text y="20">picture</text></a></svg>
  <a href="javascript:parent.postMessage('ran', '*')">link</a><iframe src="${OUTSIDE}"></iframe><object data="${OUTSIDE}"></object>
  <form action="${OUTSIDE}"><button>Send</button></form></body></html>`;

describe('the frame that shows a mail', () => {
  let desk: Desk;
  let page: Page;
  let outside: Server;
  let url: string;
  /** What reached the server outside. */
  const reached: string[] = [];
  let inside: Frame;
  beforeAll(async () => {
    outside = createServer((request, response) => {
      reached.push(String(request.url));
      response.end();
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    const address = outside.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    url = `http://127.0.0.1:${address.port}/seen`;
    desk = await openDesk();
    page = await desk.sit();
    await page.evaluate(`
      window.heard = [];
      addEventListener('message', ({ data }) => heard.push(data));
      const frame = document.createElement('iframe');
      frame.id = 'mail';
      frame.setAttribute('sandbox', 'allow-scripts');
      frame.src = '/mail-frame.html';
      document.body.append(frame);`);
    await vi.waitFor(
      async () => expect(await page.evaluate(`heard.some((data) => data.ready === true)`)).toBe(true),
      10_000,
    );
    await page.evaluate(
      `document.getElementById('mail').contentWindow.postMessage({ html: ${JSON.stringify(hostile(url))} }, '*')`,
    );
    await page.frameLocator('#mail').getByRole('heading', { name: 'A mail' }).waitFor();
    const found = page.frames().find((frame) => frame.url().endsWith('/mail-frame.html'));
    if (!found) throw new Error('the frame is not there');
    inside = found;
  });
  afterAll(async () => {
    await desk.close();
    outside.close();
  });

  test('shows a hostile mail with its looks, and runs nothing of it', async () => {
    const colour = await inside.evaluate(`getComputedStyle(document.querySelector('h1')).color`);
    expect(colour).toBe('rgb(1, 2, 3)');
    for (const what of ['body > a', 'button', 'svg a'])
      await inside.evaluate(
        `document.querySelector('${what}').dispatchEvent(new MouseEvent('click', { bubbles: true }))`,
      );
    // What it said meanwhile comes before what it says of the next mail.
    await page.evaluate(
      `window.before = heard.length; document.getElementById('mail').contentWindow.postMessage({ html: '<p>another</p>' }, '*')`,
    );
    await vi.waitFor(async () =>
      expect(await page.evaluate('heard.slice(before).some(({ height }) => height > 0)')).toBe(true),
    );
    const heard = await page.evaluate('heard');
    expect(Array.isArray(heard) && heard.includes('ran')).toBe(false);
  });

  test('asks nobody outside for anything, and the one outside is there to be asked', async () => {
    expect(reached).toEqual([]);
    await fetch(url);
    expect(reached).toEqual(['/seen']);
  });

  test('can read nothing of the console', async () => {
    await expect(inside.evaluate('parent.document.title')).rejects.toThrow(/Blocked a frame|cross-origin/);
    expect(await inside.evaluate('self.origin')).toBe('null');
  });

  test.each([
    [{ ready: true }, { kind: 'ready' }],
    [{ height: 640 }, { kind: 'height', px: 640 }],
    [{ height: 99 }, null],
    [{ height: 1e9 }, null],
    [{ height: Infinity }, null],
    [{ height: '640' }, null],
    ['ran', null],
    [null, null],
  ])('of what it says, %j is heard as %j', (said, heard) => {
    expect(readFrameMessage(said)).toEqual(heard);
  });

  test('the policy of the console itself stops what is put into the page', async () => {
    const blocked = await page.evaluate(`new Promise((resolve) => {
      const found = [];
      addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        found.push(effectiveDirective);
        if (found.length === 2) resolve(found.sort());
      });
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.body.append(script);
      const picture = document.createElement('img');
      picture.src = '${url}';
      document.body.append(picture);
    })`);
    expect(blocked).toEqual(['img-src', 'script-src-elem']);
    expect(await page.evaluate('window.wasRun')).toBeUndefined();
  });
});
