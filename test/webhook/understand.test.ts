import { describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../server/log.ts';
import type { Arrival } from '../../server/keys/arrival.ts';
import { receive } from '../../server/webhook/receive.ts';
import { understand } from '../../server/webhook/understand.ts';

vi.mock('../../server/webhook/normalize.ts', () => ({
  normalize: () => {
    throw new RangeError('Maximum call stack size exceeded near cancel-secret-123');
  },
}));

const raw = new TextEncoder().encode(
  JSON.stringify({ id: '1', url: 'https://shop.example/?token=cancel-secret-123' }),
);

describe('a reader that throws', () => {
  it('becomes a verdict for a person, with the bytes less their secrets', () => {
    const { verdict, events, body, fault } = understand({
      source: 'amelia',
      raw,
      contentType: 'application/json',
      hookHint: 'a_hook',
    });
    expect(events).toEqual([]);
    expect(verdict).toMatchObject({ status: 'attention', alert: 'unreadable' });
    expect(verdict?.flag).toContain('RangeError');
    expect(verdict?.flag).not.toContain('cancel-secret-123');
    const text = new TextDecoder().decode(body);
    expect(text).toContain('"id":"1"');
    expect(text).not.toContain('cancel-secret-123');
    expect(fault).toBeInstanceOf(RangeError);
  });

  it('loses no delivery: it is kept, answered 200, and logged', async () => {
    const kept: Arrival[] = [];
    const logged: string[] = [];
    const deps = {
      credentials: { tokens: ['kb_hook_for-tests'], signingSecret: null, acceptUnsigned: [] },
      sites: { slugOf: async () => '' },
      queue: {
        submit: async (arrival: Arrival) => {
          kept.push(arrival);
          return { deliveryId: arrival.delivery.id, status: 'attention' as const, orders: [] };
        },
        idle: async () => {},
      },
      clock: { now: () => new Date() },
      newId: () => 'id',
      log: { ...silentLog, error: (event: string) => void logged.push(event) },
    };
    const answer = await receive(deps, {
      source: 'amelia',
      raw,
      headers: {},
      query: { token: 'kb_hook_for-tests' },
      ip: '::1',
    });
    expect(answer).toMatchObject({ code: 200, status: 'attention' });
    expect(kept).toHaveLength(1);
    expect(logged).toEqual(['http.fault']);
  });
});
