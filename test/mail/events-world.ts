import { randomUUID } from 'node:crypto';
import type { BookingEvent } from '../../shared/booking-event.ts';
import type { Log, LogEvent } from '../../server/log.ts';
import { silentLog } from '../../server/log.ts';
import { receiveEvents, type EventsAnswer } from '../../server/mail/events/receive-events.ts';
import type { AlertRow, MessageKind, MessageRow, MessageSettlement } from '../../server/store/rows.ts';
import { newUuid } from '../../server/ids.ts';
import type { Store } from '../../server/store/store.ts';
import { systemTimers } from '../../server/timers.ts';
import type { EngineName } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

export const LOGIN = { user: 'postmark', password: 'a-password-of-the-tests' };
const BASIC = `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64')}`;

/** A world in which mails were sent, and a provider tells of them. */
export interface EventsWorld extends World {
  /** What was logged, with its fields. */
  logged: { event: LogEvent; fields: Record<string, unknown> }[];
  /** How often alerts were said to be there. */
  alertsTold(): number;
  /** A served order whose key mail ended so; answers the mail's id. */
  mailed(
    externalId: string,
    ended?: Partial<MessageSettlement>,
    about?: Partial<BookingEvent>,
  ): Promise<string>;
  /** A mail to the admin that was accepted. */
  adminMail(kind?: MessageKind): Promise<string>;
  tell(body: unknown, store?: Store): Promise<EventsAnswer>;
  message(id: string): Promise<MessageRow>;
  /** Untold alerts of bounces and complaints, as they stand. */
  alerts(): Promise<Pick<AlertRow, 'kind' | 'orderId' | 'detail'>[]>;
  timeline(externalId: string): Promise<string[]>;
}

export async function openEventsWorld(engine: EngineName): Promise<EventsWorld> {
  const world = await openWorld(engine, { defaultSku: 'ANY' });
  const { store } = world;
  await world.stock('ANY', 500);
  const logged: EventsWorld['logged'] = [];
  const note = (event: LogEvent, fields?: object): void => void logged.push({ event, fields: { ...fields } });
  const log: Log = { ...silentLog, info: note, warn: note, error: note };
  let told = 0;
  const settle = (id: string, ended: Partial<MessageSettlement>) =>
    store.settleMessages({
      isTry: true,
      ids: [id],
      status: 'accepted',
      retryInMs: null,
      lastCode: 'accepted',
      lastError: null,
      acceptedAt: new Date('2026-11-23T07:00:01Z'),
      ...ended,
    });
  return {
    ...world,
    logged,
    alertsTold: () => told,
    async mailed(externalId, ended = {}, about = {}) {
      await world.send(booking({ externalId, ...about }));
      const [mail] = await world.mailsOf(externalId);
      if (!mail) throw new Error(`order ${externalId} has no mail`);
      await settle(mail.id, ended);
      return mail.id;
    },
    async adminMail(kind = 'admin_urgent') {
      const id = newUuid();
      const createdAt = new Date();
      await store.insertMessages({
        messages: [{ id, kind, orderId: null, recipient: 'admin@example.test', priority: 0, createdAt }],
      });
      await settle(id, {});
      return id;
    },
    tell: (body, on = store) =>
      receiveEvents(
        {
          store: on,
          clock: { now: () => new Date() },
          timers: systemTimers,
          random: Math.random,
          log,
          credentials: { postmark: LOGIN, sendgrid: null },
          onAlerts: () => (told += 1),
          observe: () => {},
        },
        {
          provider: 'postmark',
          raw: Buffer.from(JSON.stringify(body)),
          headers: { authorization: BASIC },
          ip: '192.0.2.1',
        },
      ),
    async message(id) {
      const [row] = await store.findMessages({ ids: [id] });
      if (!row) throw new Error(`no message ${id}`);
      return row;
    },
    async alerts() {
      const rows = await store.transaction((tx) =>
        tx.lockUntoldAlerts({ kinds: ['mail_bounced', 'mail_complained', 'mail_failed'], limit: 1000 }),
      );
      return rows.map(({ kind, orderId, detail }) => ({ kind, orderId, detail }));
    },
    async timeline(externalId) {
      const order = await world.order(externalId);
      const lines = await store.findAudit({ subject: `order:${order?.id}` });
      return lines.map(({ actor, action }) => `${action} by ${actor}`);
    },
  };
}

/** What Postmark tells of a mail, each time as another event unless `ID` says otherwise. */
export function postmark(message: string, differs: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    RecordType: 'Bounce',
    ID: Math.floor(Math.random() * 1e12),
    Type: 'HardBounce',
    MessageID: randomUUID(),
    Metadata: { Message: message },
    Email: 'buyer@example.test',
    Details: 'smtp;550 5.1.1 buyer@example.test: no such user',
    BouncedAt: '2026-11-23T07:05:00Z',
    DeliveredAt: '2026-11-23T07:05:00Z',
    Inactive: false,
    ...differs,
  };
}
