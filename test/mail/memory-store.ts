import type {
  AlertRow,
  KeyRow,
  MailEventRow,
  MessageRow,
  NewAlert,
  NewAuditLine,
  NewMessage,
  OrderRow,
  ProductRow,
  StockLevel,
  SuppressionRow,
} from '../../server/store/rows.ts';
import type { Store, Verbs } from '../../server/store/store.ts';

/** What the outbox sees of a database, in memory: its verbs only, one transaction at a time. */
interface MemoryStore {
  store: Store;
  messages: Map<string, MessageRow>;
  orders: OrderRow[];
  keys: KeyRow[];
  products: ProductRow[];
  alerts: NewAlert[];
  told: AlertRow[];
  levels: StockLevel[];
  audit: NewAuditLine[];
  events: MailEventRow[];
  suppressions: SuppressionRow[];
  /** Errors that the next calls of a verb throw. */
  failing: Map<keyof Verbs, Error[]>;
  queue(message: Pick<NewMessage, 'id'> & Partial<MessageRow>): void;
}

export function createMemoryStore(now: () => Date): MemoryStore {
  const later = (ms: number) => new Date(now().getTime() + ms);
  const memory: Omit<MemoryStore, 'store'> = {
    messages: new Map(),
    orders: [],
    keys: [],
    products: [],
    alerts: [],
    told: [],
    levels: [],
    audit: [],
    events: [],
    suppressions: [],
    failing: new Map(),
    queue(message) {
      memory.messages.set(message.id, {
        kind: 'key',
        orderId: 1,
        recipient: 'ann@buyer.example',
        priority: message.kind?.startsWith('admin') ? 0 : 1,
        createdAt: now(),
        status: 'queued',
        attempts: 0,
        dueAt: now(),
        leaseToken: null,
        lastCode: null,
        lastError: null,
        acceptedAt: null,
        ...message,
      });
    },
  };
  const change = (id: string, to: Partial<MessageRow>) => {
    const row = memory.messages.get(id);
    if (row) memory.messages.set(id, { ...row, ...to });
  };

  const verbs: Partial<Verbs> = {
    findAlertsByMessage: ({ messageId }) =>
      Promise.resolve(memory.told.filter((alert) => alert.messageId === messageId)),
    findKeysOfOrders: ({ orderIds }) =>
      Promise.resolve(memory.keys.filter((key) => orderIds.includes(key.assignedOrderId ?? ''))),
    findMessagesOfOrders: ({ orderIds }) =>
      Promise.resolve([...memory.messages.values()].filter((row) => orderIds.includes(row.orderId ?? 0))),
    findOrdersById: ({ ids }) => Promise.resolve(memory.orders.filter((order) => ids.includes(order.id))),
    findProducts: ({ skus }) =>
      Promise.resolve(memory.products.filter((product) => skus.includes(product.sku))),
    insertAlerts: ({ alerts }) => Promise.resolve(void memory.alerts.push(...alerts)),
    insertAudit: ({ lines }) => Promise.resolve(void memory.audit.push(...lines)),
    lastAudit: ({ subjects }) =>
      Promise.resolve(
        subjects.flatMap((subject) => {
          const line = memory.audit.filter((one) => one.subject === subject).at(-1);
          return line ? [{ subject, seq: line.seq, hash: line.hash }] : [];
        }),
      ),
    leaseMessages: ({ ids, token, leaseMs }) => {
      for (const id of ids)
        change(id, {
          status: 'sending',
          attempts: (memory.messages.get(id)?.attempts ?? 0) + 1,
          leaseToken: token,
          dueAt: later(leaseMs),
        });
      return Promise.resolve();
    },
    lockDueMessages: ({ priority, limit }) =>
      Promise.resolve(
        [...memory.messages.values()]
          .filter((row) => row.priority === priority && row.dueAt !== null && row.dueAt <= now())
          .sort((a, b) => (a.dueAt?.getTime() ?? 0) - (b.dueAt?.getTime() ?? 0) || (a.id < b.id ? -1 : 1))
          .slice(0, limit),
      ),
    lockOrders: ({ ids }) => Promise.resolve(memory.orders.filter((order) => ids.includes(order.id))),
    lockFreeOrders: ({ ids }) => Promise.resolve(memory.orders.filter((order) => ids.includes(order.id))),
    lockMessages: ({ ids }) =>
      Promise.resolve([...memory.messages.values()].filter((row) => ids.includes(row.id))),
    settleMessages: ({ ids, isTry, retryInMs, ...settlement }) => {
      for (const id of ids)
        change(id, {
          ...settlement,
          attempts: (memory.messages.get(id)?.attempts ?? 0) - (isTry ? 0 : 1),
          leaseToken: null,
          dueAt: retryInMs === null ? null : later(retryInMs),
        });
      return Promise.resolve();
    },
    findMailEvents: ({ messageIds }) =>
      Promise.resolve(memory.events.filter((event) => messageIds.includes(event.messageId))),
    findSuppressions: ({ addresses }) =>
      Promise.resolve(memory.suppressions.filter((row) => addresses.includes(row.address))),
    stockLevels: () => Promise.resolve(memory.levels),
    untellAlerts: ({ messageIds }) => {
      for (const alert of memory.told) if (messageIds.includes(alert.messageId ?? '')) alert.messageId = null;
      return Promise.resolve();
    },
  };

  let last: Promise<unknown> = Promise.resolve();
  const handle: Record<string, unknown> = {
    ...verbs,
    transaction<T>(work: (tx: Store) => Promise<T>): Promise<T> {
      const mine = last.then(() => work(store));
      last = mine.catch(() => {});
      return mine;
    },
  };
  // The one cast of this fake: verbs that the outbox does not use are absent, and calling one fails the test.
  const store = new Proxy(handle, {
    get(target, name) {
      const error = [...memory.failing].find(([verb]) => verb === name)?.[1].shift();
      return error ? () => Promise.reject(error) : target[String(name)];
    },
  }) as unknown as Store;
  return { ...memory, store };
}
