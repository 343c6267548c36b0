import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { tryBooking } from '../../server/cli/try.ts';
import { parseConfig, type Config } from '../../server/config.ts';

const servers: { close(): unknown }[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function answering(code: number, answer: object): Promise<Config> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(code).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  return parseConfig({
    KEYBANK_PORT: port,
    KEYBANK_DATA_DIR: '/srv/keybank',
    KEYBANK_WEBHOOK_TOKEN: 'kb_hook_for-tests-0123456789',
    KEYBANK_STAFF_TOKEN: 'kb_staff_for-tests-0123456789abcdef',
  });
}

const input = { service: 1, email: 'ada@example.com', persons: 1 };
const tried = (config: Config) => tryBooking(config, input, new Date());

test.each([
  ['fulfilled', `The mail lands in ${join('/srv/keybank', 'mailbox')}`],
  ['waiting', 'no free key is left'],
  ['attention', 'service 1 is not mapped yet'],
  ['duplicate', 'is duplicate'],
])('the answer %s to a sample booking becomes a sentence', async (status, words) => {
  const said = await tried(await answering(200, { status, orderId: 'amelia:7', orders: [] }));
  expect(said).toContain('Order amelia:7 ');
  expect(said).toContain(words);
  expect(said).toContain('npx keybank orders show amelia:7');
});

test('a refusal is a failure', async () => {
  await expect(tried(await answering(401, { error: 'no token' }))).rejects.toThrow('answered 401');
});
