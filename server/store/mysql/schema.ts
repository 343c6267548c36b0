import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  datetime,
  int,
  mysqlTable,
  smallint,
  text,
  varchar,
} from 'drizzle-orm/mysql-core';
import type { ItemKind, OrderSource, Source } from '../../../shared/booking-event.ts';
import type {
  AttentionReason,
  KeyStatus,
  MessageStatus,
  OrderStatus,
  ReceiptStatus,
} from '../../../shared/statuses.ts';
import type {
  AlertKind,
  DeliveryRow,
  DriftRow,
  MailEventRow,
  MailProvider,
  MappingRow,
  MessageKind,
  NewAuditLine,
  ProductRow,
  StaffRow,
  SuppressionRow,
} from '../rows.ts';

// What the queries need to know of the tables; keys, indexes and checks stand in migrations/, which is the truth.
// Property names are those of ../rows.ts, so that `select().from(table)` gives the plain row itself.

const id = (name: string) => bigint(name, { mode: 'number' });
const newId = () => id('id').primaryKey().autoincrement();
const time = (name: string) => datetime(name, { fsp: 3 });
const uuid = (name: string) => varchar(name, { length: 36 });
const bytes = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'longblob',
  fromDriver: (value) => new Uint8Array(value.buffer, value.byteOffset, value.byteLength),
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
});
// Text, not JSON: MySQL's JSON refuses lone surrogates, and a delivery may not be lost for such a thing.
const jsonText = <T>(name: string) =>
  customType<{ data: T; driverData: string }>({
    dataType: () => 'longtext',
    fromDriver: (value) => JSON.parse(value) as T,
    toDriver: (value) => JSON.stringify(value),
  })(name);

export const alerts = mysqlTable('alerts', {
  id: newId(),
  kind: varchar('kind', { length: 32 }).$type<AlertKind>().notNull(),
  orderId: varchar('order_id', { length: 255 }),
  sku: varchar('sku', { length: 100 }),
  detail: text('detail').notNull(),
  createdAt: time('created_at').notNull(),
  messageId: uuid('message_id'),
  settledAt: time('settled_at'),
  settledBy: varchar('settled_by', { length: 100 }),
});

export const auditLog = mysqlTable('audit_log', {
  id: newId(),
  subject: varchar('subject', { length: 150 }).notNull(),
  seq: int('seq').notNull(),
  at: time('at').notNull(),
  actor: varchar('actor', { length: 100 }).notNull(),
  action: varchar('action', { length: 64 }).notNull(),
  fromStatus: varchar('from_status', { length: 16 }),
  toStatus: varchar('to_status', { length: 16 }),
  reason: text('reason').notNull(),
  refs: jsonText<NewAuditLine['refs']>('refs').notNull(),
  previousHash: varchar('previous_hash', { length: 64 }).notNull(),
  hash: varchar('hash', { length: 64 }).notNull(),
});

export const bookingDrift = mysqlTable('booking_drift', {
  site: varchar('site', { length: 40 }).notNull(),
  source: varchar('source', { length: 16 }).$type<Source>().notNull(),
  externalId: varchar('external_id', { length: 191 }).notNull(),
  kind: varchar('kind', { length: 16 }).$type<DriftRow['kind']>().notNull(),
  state: varchar('state', { length: 16 }).$type<DriftRow['state']>().notNull(),
  since: time('since').notNull(),
});

const deliveryFields = {
  id: uuid('id').primaryKey(),
  receivedAt: time('received_at').notNull(),
  site: varchar('site', { length: 40 }).notNull(),
  source: varchar('source', { length: 16 }).$type<Source>().notNull(),
  hook: varchar('hook', { length: 200 }),
  contentType: varchar('content_type', { length: 200 }),
  headers: jsonText<DeliveryRow['headers']>('headers').notNull(),
  verdict: varchar('verdict', { length: 16 }).$type<ReceiptStatus>().notNull(),
  flag: text('flag').notNull(),
  orders: jsonText<DeliveryRow['orders']>('orders').notNull(),
  replayOf: uuid('replay_of'),
};
export const deliveries = mysqlTable('deliveries', { ...deliveryFields, body: bytes('body').notNull() });
/** The same table, for lists that do not need the bodies. */
export const deliveriesWithoutBody = mysqlTable('deliveries', deliveryFields);

export const deliveryOrders = mysqlTable('delivery_orders', {
  orderId: id('order_id').notNull(),
  deliveryId: uuid('delivery_id').notNull(),
});

export const holds = mysqlTable('holds', {
  keyId: id('key_id').primaryKey(),
  orderId: id('order_id').notNull(),
  expiresAt: time('expires_at').notNull(),
});

export const importedKeys = mysqlTable('imported_keys', {
  keyId: id('key_id').primaryKey(),
  importId: uuid('import_id').notNull(),
});

export const imports = mysqlTable('imports', {
  id: uuid('id').primaryKey(),
  sku: varchar('sku', { length: 100 }).notNull(),
  actor: varchar('actor', { length: 100 }).notNull(),
  origin: varchar('origin', { length: 255 }).notNull(),
  added: int('added').notNull(),
  createdAt: time('created_at').notNull(),
  undoneAt: time('undone_at'),
  removed: int('removed').notNull(),
});

export const instances = mysqlTable('instances', {
  id: uuid('id').primaryKey(),
  host: varchar('host', { length: 200 }).notNull(),
  version: varchar('version', { length: 40 }).notNull(),
  startedAt: time('started_at').notNull(),
  seenAt: time('seen_at').notNull(),
  retries: int('retries').notNull(),
});

export const jobs = mysqlTable('jobs', {
  name: varchar('name', { length: 150 }).primaryKey(),
  slot: id('slot').notNull(),
  firedAt: time('fired_at'),
});

export const keyTails = mysqlTable('key_tails', {
  keyId: id('key_id').primaryKey(),
  tail: varchar('tail', { length: 16 }).notNull(),
});

export const licenseKeys = mysqlTable('license_keys', {
  id: newId(),
  licenseKey: varchar('license_key', { length: 512 }).notNull(),
  status: varchar('status', { length: 16 }).$type<KeyStatus>().notNull().default('available'),
  productSku: varchar('product_sku', { length: 100 }).notNull(),
  assignedToEmail: varchar('assigned_to_email', { length: 320 }),
  assignedOrderId: varchar('assigned_order_id', { length: 255 }),
  assignedCouponCode: varchar('assigned_coupon_code', { length: 255 }),
  assignedAt: time('assigned_at'),
});

export const mailEvents = mysqlTable('mail_events', {
  provider: varchar('provider', { length: 16 }).$type<MailProvider>().notNull(),
  eventId: varchar('event_id', { length: 191 }).notNull(),
  messageId: uuid('message_id').notNull(),
  kind: varchar('kind', { length: 16 }).$type<MailEventRow['kind']>().notNull(),
  isHard: boolean('is_hard').notNull(),
  at: time('at').notNull(),
  detail: text('detail').notNull(),
});

export const mailSuppressions = mysqlTable('mail_suppressions', {
  address: varchar('address', { length: 320 }).primaryKey(),
  reason: varchar('reason', { length: 16 }).$type<SuppressionRow['reason']>().notNull(),
  provider: varchar('provider', { length: 16 }).$type<MailProvider>().notNull(),
  messageId: uuid('message_id').notNull(),
  since: time('since').notNull(),
  detail: text('detail').notNull(),
});

export const messages = mysqlTable('messages', {
  id: uuid('id').primaryKey(),
  kind: varchar('kind', { length: 32 }).$type<MessageKind>().notNull(),
  orderId: id('order_id'),
  recipient: varchar('recipient', { length: 320 }).notNull(),
  priority: smallint('priority').$type<0 | 1>().notNull(),
  createdAt: time('created_at').notNull(),
  status: varchar('status', { length: 16 }).$type<MessageStatus>().notNull().default('queued'),
  attempts: int('attempts').notNull().default(0),
  dueAt: time('due_at'),
  leaseToken: varchar('lease_token', { length: 64 }),
  lastCode: varchar('last_code', { length: 64 }),
  lastError: text('last_error'),
  acceptedAt: time('accepted_at'),
});

export const orderAlternates = mysqlTable('order_alternates', {
  orderId: id('order_id').notNull(),
  email: varchar('email', { length: 320 }).notNull(),
});

export const orderLines = mysqlTable('order_lines', {
  orderId: id('order_id').notNull(),
  sku: varchar('sku', { length: 100 }).notNull(),
  quantity: int('quantity').notNull(),
});

const orderFields = {
  id: newId(),
  site: varchar('site', { length: 40 }).notNull(),
  source: varchar('source', { length: 16 }).$type<OrderSource>().notNull(),
  externalId: varchar('external_id', { length: 191 }).notNull(),
  status: varchar('status', { length: 16 }).$type<OrderStatus>().notNull(),
  reason: varchar('reason', { length: 32 }).$type<AttentionReason>(),
  rev: id('rev'),
  email: varchar('email', { length: 320 }),
  name: varchar('name', { length: 500 }),
  coupon: varchar('coupon', { length: 255 }),
  locale: varchar('locale', { length: 32 }),
  itemKind: varchar('item_kind', { length: 16 }).$type<ItemKind>(),
  itemId: varchar('item_id', { length: 191 }),
  itemName: varchar('item_name', { length: 500 }),
  units: id('units').notNull(),
  firstDeliveryId: uuid('first_delivery_id').notNull(),
  lastDeliveryId: uuid('last_delivery_id').notNull(),
  createdAt: time('created_at').notNull(),
  updatedAt: time('updated_at').notNull(),
  stopped: boolean('stopped').notNull(),
  calledOff: boolean('called_off').notNull(),
  granted: boolean('granted').notNull(),
};
export const orders = mysqlTable('orders', orderFields);
/** The same table with the search copy of the name, which rows do not show. */
export const ordersWithSearch = mysqlTable('orders', {
  ...orderFields,
  nameLower: varchar('name_lower', { length: 191 }),
  surnameLower: varchar('surname_lower', { length: 191 }).generatedAlwaysAs(
    sql`SUBSTRING_INDEX(name_lower, ' ', -1)`,
  ),
});

export const passedBookings = mysqlTable('passed_bookings', {
  site: varchar('site', { length: 40 }).notNull(),
  source: varchar('source', { length: 16 }).$type<Source>().notNull(),
  externalId: varchar('external_id', { length: 191 }).notNull(),
  rev: id('rev').notNull(),
});

export const productMappings = mysqlTable('product_mappings', {
  site: varchar('site', { length: 40 }).notNull(),
  source: varchar('source', { length: 16 }).$type<Source>().notNull(),
  kind: varchar('kind', { length: 16 }).$type<ItemKind>().notNull(),
  itemId: varchar('item_id', { length: 191 }).notNull(),
  sku: varchar('sku', { length: 100 }),
  quantity: int('quantity').notNull(),
  per: varchar('per', { length: 16 }).$type<MappingRow['per']>().notNull(),
});

export const products = mysqlTable('products', {
  sku: varchar('sku', { length: 100 }).primaryKey(),
  name: varchar('name', { length: 500 }).notNull(),
  lowStock: int('low_stock'),
  onCancel: varchar('on_cancel', { length: 16 }).$type<ProductRow['onCancel']>().notNull(),
  holdMinutes: int('hold_minutes').notNull(),
  activationUrl: varchar('activation_url', { length: 2000 }),
  instructions: text('instructions'),
  tellWaiting: boolean('tell_waiting').notNull(),
});

export const purchases = mysqlTable('purchases', {
  site: varchar('site', { length: 40 }).notNull(),
  source: varchar('source', { length: 16 }).$type<Source>().notNull(),
  purchaseId: varchar('purchase_id', { length: 191 }).notNull(),
  orderId: bigint('order_id', { mode: 'number' }).notNull(),
});

export const reconciles = mysqlTable('reconciles', {
  site: varchar('site', { length: 40 }).notNull(),
  source: varchar('source', { length: 16 }).$type<Source>().notNull(),
  plugin: varchar('plugin', { length: 40 }).notNull(),
  lastAt: time('last_at').notNull(),
  listed: int('listed').notNull(),
  lacking: int('lacking').notNull(),
  unknown: int('unknown').notNull(),
  silenceToldAt: time('silence_told_at'),
});

export const sessions = mysqlTable('sessions', {
  tokenHash: varchar('token_hash', { length: 64 }).primaryKey(),
  staffId: id('staff_id').notNull(),
  createdAt: time('created_at').notNull(),
  seenAt: time('seen_at').notNull(),
});

export const sites = mysqlTable('sites', {
  slug: varchar('slug', { length: 40 }).primaryKey(),
  url: varchar('url', { length: 500 }).notNull(),
});

export const staff = mysqlTable('staff', {
  id: newId(),
  name: varchar('name', { length: 200 }).notNull(),
  role: varchar('role', { length: 16 }).$type<StaffRow['role']>().notNull(),
  grants: varchar('grants', { length: 200 }).notNull(),
  tokenHash: varchar('token_hash', { length: 64 }).notNull(),
  createdAt: time('created_at').notNull(),
  lastUsedAt: time('last_used_at'),
  revokedAt: time('revoked_at'),
});

export const turns = mysqlTable('turns', {
  name: varchar('name', { length: 150 }).primaryKey(),
  untilAt: time('until_at').notNull(),
  taken: int('taken').notNull(),
});
