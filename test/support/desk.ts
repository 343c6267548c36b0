import { parseOrderId } from '../../shared/booking-event.ts';
import { newUuid } from '../../server/ids.ts';
import { importKeys, type ImportInput } from '../../server/keys/import.ts';
import type { ImportReport } from '../../server/keys/import-report.ts';
import type { VendQueue } from '../../server/keys/vend-batch.ts';
import { silentLog } from '../../server/log.ts';
import { valueOf } from '../../server/errors.ts';
import { replayDelivery, replayOrder } from '../../server/orders/replay.ts';
import { createCaller } from '../../server/rpc/router.ts';
import { openContext, type RpcDeps } from '../../server/rpc/trpc.ts';
import { createGuesses } from '../../server/staff/guesses.ts';
import { SESSION_LIMITS } from '../../server/staff/sessions.ts';
import { hashToken } from '../../server/staff/token.ts';
import type { StaffRow } from '../../server/store/rows.ts';
import type { Store } from '../../server/store/store.ts';
import { systemTimers } from '../../server/timers.ts';
import type { World } from './world.ts';

/** What staff and the command line need, on a world's database. */
export interface Desk {
  deps: RpcDeps;
  /** Procedures as a member of staff of this role calls them. */
  as(role: StaffRow['role']): Promise<ReturnType<typeof createCaller>>;
  /** Procedures as somebody calls them who sends this header; each caller has a network of its own. */
  caller(authorization: string | undefined): ReturnType<typeof createCaller>;
  bringIn(sku: string, keys: string[], about?: Partial<ImportInput>): Promise<ImportReport>;
  ahead(ms: number): void;
}

export function openDesk(world: World, options: { store?: Store; queue?: VendQueue } = {}): Desk {
  const store = options.store ?? world.store;
  const { core } = world;
  let aheadMs = 0;
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  const deps: RpcDeps = {
    store,
    clock,
    timers: systemTimers,
    random: Math.random,
    newId: newUuid,
    guesses: createGuesses(clock),
    sessionLimits: SESSION_LIMITS,
    claimer: core.claimer,
    publicUrl: 'https://keys.example.com',
    setUp: { mail: 'mailbox', hasAdmin: false, hasDefaultSku: false },
    lowStock: 10,
    instance: null,
    log: silentLog,
    restocked: (skus) => core.restock.fill(skus),
    mappingChanged: (item) => core.reconsider(item),
    async replay(orderId, reason, actor) {
      const order = parseOrderId(orderId);
      return order
        ? replayOrder({ store, clock, newId: newUuid, queue: core.queue }, { order, actor, reason })
        : null;
    },
    replayDelivery: (deliveryId, reason, actor) =>
      replayDelivery(
        { store, clock, newId: newUuid, queue: core.queue },
        { deliveryId, actor, reason, revives: true },
      ),
    queue: options.queue ?? core.queue,
    onAlert: () => {},
    onMail: () => {},
    mailState: () => null,
  };
  let callers = 0;
  const caller = (authorization: string | undefined) => {
    const ip = `192.0.2.${(callers += 1)}`;
    return createCaller(() =>
      openContext(deps, {
        authorization,
        session: undefined,
        csrf: undefined,
        isGet: false,
        isCrossSite: false,
        ip,
      }),
    );
  };
  return {
    deps,
    caller,
    async as(role) {
      const token = `kb_staff_${newUuid()}`;
      await store.insertStaff({
        name: role,
        role,
        grants: '',
        tokenHash: hashToken(token),
        createdAt: clock.now(),
      });
      return caller(`Bearer ${token}`);
    },
    async bringIn(sku, keys, about = {}) {
      const input = {
        sku,
        lines: keys.join('\n'),
        dryRun: false,
        actor: 'cli',
        origin: 'keys.txt',
        ...about,
      };
      return valueOf(await importKeys(deps, input));
    },
    ahead(ms) {
      aheadMs += ms;
    },
  };
}
