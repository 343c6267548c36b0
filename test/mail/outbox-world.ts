import { loadBrand } from '../../server/mail/brand.ts';
import { silentLog } from '../../server/log.ts';
import { startOutbox } from '../../server/mail/outbox.ts';
import { createMemoryStore } from './memory-store.ts';
import type { Log, LogEvent } from '../../server/log.ts';
import type { SendOutcome } from '../../server/mail/classify.ts';
import type { Outbox, OutboxOptions } from '../../server/mail/outbox.ts';
import type { OutgoingMail, Transport } from '../../server/mail/transport.ts';
import type { MessageRow } from '../../server/store/rows.ts';
import type { Timers } from '../../server/timers.ts';

export const accepted: SendOutcome = { kind: 'accepted' };
export const cut: SendOutcome = { kind: 'unknown', code: 'econnection', why: 'the connection broke' };
export const busy: SendOutcome = { kind: 'transient', code: 'smtp_451', why: 'busy (451)' };
export const refused: SendOutcome = { kind: 'permanent', code: 'smtp_550', why: 'no such mailbox (550)' };
export const badLogin: SendOutcome = { kind: 'configuration', code: 'smtp_535', why: 'login refused (535)' };

/** An outbox over an in-memory store, with a clock and timers that only move when the test moves them. */
export function openOutboxWorld() {
  let nowMs = Date.parse('2026-11-22T20:00:00Z');
  let timers: { atMs: number; work: () => void }[] = [];
  let ids = 0;
  const now = () => new Date(nowMs);
  const memory = createMemoryStore(now);
  const sent: OutgoingMail[] = [];
  const failed: MessageRow[] = [];
  const logged: LogEvent[] = [];
  const outboxes: Outbox[] = [];
  const answers: (SendOutcome | Promise<SendOutcome>)[] = [];
  const note = (event: LogEvent): void => void logged.push(event);
  const log: Log = { ...silentLog, info: note, warn: note, error: note };
  const world = {
    ...memory,
    sent,
    failed,
    logged,
    /** What the next sends answer; `accepted` when nothing is left. */
    answers,
    /** What looking at the server answers. */
    looks: accepted,
    verified: 0,
    start(options: OutboxOptions = {}): Outbox {
      const clockwork: Timers = {
        after(delayMs, work) {
          const timer = { atMs: nowMs + delayMs, work };
          timers.push(timer);
          return () => {
            timers = timers.filter((other) => other !== timer);
          };
        },
      };
      const transport: Transport = {
        name: 'fake',
        connections: 5,
        async send(mail) {
          sent.push(mail);
          await Promise.resolve();
          return answers.shift() ?? accepted;
        },
        verify() {
          world.verified += 1;
          return Promise.resolve(world.looks);
        },
        close() {},
      };
      const outbox = startOutbox(
        {
          store: memory.store,
          transport,
          clock: { now },
          timers: clockwork,
          random: () => 0.5,
          newId: () => `token-${(ids += 1)}`,
          log,
          brand: loadBrand(),
          publicUrl: 'https://keys.example',
          lowStock: 10,
          onFailed: (message) => failed.push(message),
        },
        { gatherMs: 0, ...options },
      );
      outboxes.push(outbox);
      return outbox;
    },
    /** Moves the clock, runs the timers that came due, and lets everything settle. */
    async pass(ms: number): Promise<void> {
      await world.settled();
      const untilMs = nowMs + ms;
      for (;;) {
        const next = timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (!next) break;
        nowMs = Math.max(nowMs, next.atMs);
        timers = timers.filter((other) => other !== next);
        next.work();
        await world.settled();
      }
      nowMs = untilMs;
      await world.settled();
    },
    /** Resolves when the clock has moved so far. */
    later: (ms: number) =>
      new Promise<void>((resolve) => timers.push({ atMs: nowMs + ms, work: () => resolve() })),
    /** Lets promises that wait for nothing but each other run out. */
    async settled(): Promise<void> {
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
    /** An order with its keys, and a mail that is due. */
    order(id: number, keys: string[] = [`KEY-${id}`], message: Partial<MessageRow> = {}): string {
      const at = now();
      memory.orders.push({
        id,
        site: '',
        source: 'amelia',
        externalId: String(id),
        status: 'fulfilled',
        reason: null,
        rev: null,
        email: 'ann@buyer.example',
        name: 'Ann',
        coupon: null,
        locale: null,
        itemKind: null,
        itemId: null,
        itemName: null,
        units: 1,
        stopped: false,
        calledOff: false,
        granted: false,
        firstDeliveryId: 'd',
        lastDeliveryId: 'd',
        createdAt: at,
        updatedAt: at,
      });
      for (const licenseKey of keys)
        memory.keys.push({
          id: memory.keys.length + 1,
          licenseKey,
          status: 'assigned',
          productSku: 'AID',
          assignedToEmail: 'ann@buyer.example',
          assignedOrderId: `amelia:${id}`,
          assignedCouponCode: null,
          assignedAt: at,
        });
      const messageId = `m${String(id).padStart(3, '0')}`;
      memory.queue({ id: messageId, orderId: id, ...message });
      return messageId;
    },
    row(id: string): MessageRow {
      const row = memory.messages.get(id);
      if (!row) throw new Error(`no message ${id}`);
      return row;
    },
    statuses: () => [...memory.messages.values()].map(({ status }) => status),
  };
  return world;
}
