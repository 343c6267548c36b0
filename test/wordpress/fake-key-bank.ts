import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authenticate } from '../../server/webhook/authenticate.ts';

export const TOKEN = 'kb_hook_for-the-screens-0123456789';
export const SECRET = 'signing-secret-for-the-screens-0123456789';

/** What stands in for the server: it proves the sender with the real rules and keeps what came. */
export interface FakeKeyBank {
  url: string;
  /** Bodies of the deliveries that were proven, oldest first. */
  taken: { id: string; hook: string }[];
  /** When set, every delivery is answered so. */
  answer: { code: number; headers?: Record<string, string>; body: string } | null;
  version: string;
  /** What its clock shows. */
  now: () => Date;
  close(): Promise<void>;
}

export async function startFakeKeyBank(): Promise<FakeKeyBank> {
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { code, headers, body } = bank.answer ?? judge(bank, request.headers, Buffer.concat(chunks));
      response.writeHead(code, {
        'content-type': 'application/json',
        'x-keybank-version': bank.version,
        'x-keybank-signature': 'required',
        ...headers,
      });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const bank: FakeKeyBank = {
    url: `http://127.0.0.1:${portOf(address)}`,
    taken: [],
    answer: null,
    version: '0.1.0',
    now: () => new Date(),
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
  return bank;
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the fake server has no port');
  return address.port;
}

function judge(bank: FakeKeyBank, given: NodeJS.Dict<string | string[]>, raw: Buffer) {
  const headers = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, Array.isArray(value) ? value.join() : value]),
  );
  const proof = authenticate(
    { tokens: [TOKEN], signingSecret: SECRET, acceptUnsigned: [] },
    {
      source: 'amelia',
      token: headers['authorization']?.replace(/^Bearer /, ''),
      headers,
      raw,
      now: bank.now(),
    },
  );
  if (!proof.ok) return { code: 401, headers: {}, body: JSON.stringify({ error: proof.why }) };
  const body: unknown = JSON.parse(raw.toString());
  const text = (name: string) =>
    typeof body === 'object' && body !== null ? String(Reflect.get(body, name)) : '';
  bank.taken.push({ id: text('id'), hook: text('hook') });
  const status = text('hook') === 'keybank_test' ? 'ignored' : 'fulfilled';
  const orderId = text('id').split(':').slice(0, -1).join(':');
  return { code: 200, headers: {}, body: JSON.stringify({ status, orderId }) };
}
