import { createTRPCClient, httpLink, TRPCClientError, type TRPCClient } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppRouter } from '../../server/rpc/router.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { startService, STAFF_TOKEN, type Service } from '../support/service.ts';

describe.each(engines())('the typed client on %s', (engine) => {
  let database: FreshDatabase;
  let service: Service;
  let client: TRPCClient<AppRouter>;
  const asked: { method: string; url: string }[] = [];

  const clientFor = (token: string) =>
    createTRPCClient<AppRouter>({
      links: [
        httpLink({
          url: `${service.url}/trpc`,
          // A full key may be asked for, and must not land in a URL.
          methodOverride: 'POST',
          headers: { authorization: `Bearer ${token}` },
          fetch(url, options) {
            asked.push({ method: options?.method ?? '', url: String(url) });
            const { signal, ...rest } = options ?? {};
            return fetch(url, { ...rest, ...(signal && { signal }) });
          },
        }),
      ],
    });

  beforeAll(async () => {
    database = await freshDatabase(engine);
    service = await startService({ DATABASE_URL: database.url, KEYBANK_DEFAULT_SKU: 'ANY' });
    client = clientFor(STAFF_TOKEN);
    await client.keys.import.mutate({ sku: 'ANY', text: 'PQXF-7K2M-91TD\n', dryRun: false });
    await service.post('amelia', { id: '13', email: 'ada@example.test', serviceId: 1 });
  });
  afterAll(async () => {
    await service.stop();
    await database.drop();
  });

  test('finds an order by its key, reads it, and sends it again, and no query is in a URL', async () => {
    const { orders } = await client.orders.lookup.query({ query: 'PQXF-7K2M-91TD' });
    expect(orders).toMatchObject([{ orderId: 'amelia:13', status: 'fulfilled', keysMasked: ['••••-91TD'] }]);
    const orderId = orders[0]?.orderId ?? '';
    const page = await client.orders.get.query({ orderId });
    expect(page.keys).toMatchObject([{ status: 'assigned', masked: '••••-91TD' }]);
    const { messageId } = await client.orders.resend.mutate({ orderId, reason: 'lost' });
    const after = await client.orders.get.query({ orderId });
    expect(after.timeline.map(({ refs }) => refs['message'])).toContain(messageId);
    expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['POST']));
    expect(asked.filter(({ url }) => /PQXF|amelia|\?./.test(url))).toEqual([]);
  });

  test('is told why not: a status, a code for programs and a sentence for people', async () => {
    const refusal = async (call: Promise<unknown>) => {
      const error = await call.then(() => null).catch((thrown: unknown) => thrown);
      if (!(error instanceof TRPCClientError)) throw new Error('no refusal');
      return { message: error.message, data: error.data };
    };
    expect(await refusal(client.orders.get.query({ orderId: 'amelia:404' }))).toEqual({
      message: expect.stringContaining('There is no order amelia:404.'),
      data: expect.objectContaining({ code: 'NOT_FOUND', httpStatus: 404, reason: 'order.unknown' }),
    });
    expect(await refusal(client.orders.resend.mutate({ orderId: 'amelia:13', reason: ' ' }))).toMatchObject({
      data: { code: 'BAD_REQUEST', reason: 'reason.missing' },
    });
    expect(await refusal(clientFor('kb_staff_guessed').stock.list.query())).toMatchObject({
      data: { code: 'UNAUTHORIZED', reason: 'staff.unknown' },
    });
  });
});
