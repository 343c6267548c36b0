import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCREENS } from '../../shared/screens.ts';
import { pageFrame } from '../page.ts';
import { sendPage } from './send-page.ts';

/** Made by `npm ci` and `npm run console:build`; in the image it stands beside the compiled server. */
const DIST = join(import.meta.dirname, '../../console/dist');
/** What vite.config.ts writes where the nonce belongs. */
const NONCE = 'KEYBANK_NONCE';
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
};
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
  const page = readBuilt('index.html');
  const frame = readBuilt('mail-frame.html');
  for (const path of Object.values(SCREENS))
    http.get(path, (_request, reply) => (page === null ? sendUnbuilt(reply) : sendConsole(reply, page)));
  if (page === null || frame === null) return;
  http.get('/mail-frame.html', (_request, reply) =>
    reply.headers({ ...HEADERS, 'content-security-policy': FRAME_POLICY }).send(frame.replaceAll(NONCE, '')),
  );
  await http.register(fastifyStatic, {
    root: join(DIST, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    index: false,
    // Their names change with their content.
    immutable: true,
    maxAge: '1y',
    // The mail frame has no origin, and asks for its module across origins then.
    setHeaders: (response) => void response.setHeader('access-control-allow-origin', '*'),
  });
  for (const name of ['key.svg', 'first-paint.js'])
    http.get(`/${name}`, (_request, reply) => reply.sendFile(name, DIST, { maxAge: '1h', immutable: false }));
}

function sendConsole(reply: FastifyReply, page: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .headers({ ...HEADERS, 'content-security-policy': policyOf(nonce) })
    .send(page.replaceAll(NONCE, nonce));
}

function readBuilt(name: string): string | null {
  try {
    return readFileSync(join(DIST, name), 'utf8');
  } catch {
    return null;
  }
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
