import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCREENS } from '../../shared/screens.ts';
import { pageFrame } from '../page.ts';
import { PAGE_HEADERS, sendPage } from './send-page.ts';

/** Made by `npm ci` and `npm run console:build`; in the image it stands beside the compiled server. */
const DIST = join(import.meta.dirname, '../../console/dist');
const FRAME = '/mail-frame.html';
/** What vite.config.ts writes where the nonce belongs. */
const NONCE = 'KEYBANK_NONCE';
const HEADERS = { ...PAGE_HEADERS, 'cross-origin-opener-policy': 'same-origin' };
/** SECURITY: scripts and styles are files of ours, but for the style elements of the component library, which carry the nonce. */
const policyOf = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
/** SECURITY: mails bring styles of their own. Their page has no origin, loads nothing from outside, and runs our file alone. */
const FRAME_POLICY =
  "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; " +
  "form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

/** The console for staff: each of its screens' addresses, and the files that it is made of. They hold no data. */
export async function serveConsole(http: FastifyInstance): Promise<void> {
  for (const path of Object.values(SCREENS)) http.get(path, (_request, reply) => sendConsole(reply, 200));
  if ((await readBuilt('index.html')) === null) return;
  http.get(FRAME, async (_request, reply) => {
    const frame = (await readBuilt('mail-frame.html')) ?? '';
    return reply
      .headers({ ...HEADERS, 'content-security-policy': FRAME_POLICY })
      .send(frame.replaceAll(NONCE, ''));
  });
  await http.register(fastifyStatic, {
    root: join(DIST, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    index: false,
    // Their names change with their content.
    immutable: true,
    maxAge: '1y',
    // The mail frame has no origin, and asks for its module across origins then.
    setHeaders(response) {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('x-content-type-options', 'nosniff');
    },
  });
  for (const name of ['key.svg', 'first-paint.js'])
    http.get(`/${name}`, (_request, reply) => reply.sendFile(name, DIST, { maxAge: '1h', immutable: false }));
}

/** The page, which shows the screen of its address; with 404 it says that there is none. */
export async function sendConsole(reply: FastifyReply, code: 200 | 404): Promise<FastifyReply> {
  const page = await readBuilt('index.html');
  // Built after the start, it has no routes for its files yet.
  if (page === null || !reply.server.hasRoute({ method: 'GET', url: FRAME })) return sendUnbuilt(reply);
  const nonce = randomBytes(16).toString('base64');
  return reply
    .code(code)
    .headers({ ...HEADERS, 'content-security-policy': policyOf(nonce) })
    .send(page.replaceAll(NONCE, nonce));
}

/** Read each time: a console that is built anew under a running server names other files. */
async function readBuilt(name: string): Promise<string | null> {
  return readFile(join(DIST, name), 'utf8').catch(() => null);
}

/** Everything but the console works without it. */
function sendUnbuilt(reply: FastifyReply): FastifyReply {
  return sendPage(reply, {
    code: 503,
    html: pageFrame({
      title: 'Key Bank',
      body: `<h1>Key Bank is running</h1>
<p>Its console was not built here. Run <code>npm run console:build</code> in its folder, then restart it.</p>
<p class="soft">Bookings come in and keys go out all the same, and <code>npx keybank</code> does everything that the
console does. A buyer did not get a key? <a href="/help">This page</a> sends it once more.</p>`,
    }),
  });
}
