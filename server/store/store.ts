import type { DriftVerbs } from './drift-verbs.ts';
import type { KeyCount } from './key-counts.ts';
import type { MailVerbs } from './mail-verbs.ts';
import type { OrderVerbs } from './order-verbs.ts';
import type { InstanceVerbs, SessionVerbs, StaffVerbs } from './staff-verbs.ts';
import type {
  AlertKind,
  AlertRow,
  AuditFilter,
  AuditLine,
  DeliveryFilter,
  DeliveryRow,
  HoldRow,
  ImportRow,
  ItemRef,
  KeyAssignment,
  KeyRow,
  MappingRow,
  NewAlert,
  NewAuditLine,
  NewKey,
  ProductRow,
  PromiseCount,
  PurchaseRow,
  SiteRow,
  StockLevel,
} from './rows.ts';
import type { ReceiptStatus } from '../../shared/statuses.ts';

// The seam between the rules and the databases: statement-sized verbs that take one object and give plain rows.
// Rules live above it, once. Verbs that take arrays accept an empty one and then do nothing.
// "Locks" means FOR UPDATE, held until the transaction ends; such verbs make sense in `transaction` only.
// Lock order, everywhere: orders → keys → holds → messages → audit (docs/ARCHITECTURE.md).

export interface AlertVerbs {
  /** How many alerts of one kind nobody settled; counting stops at `most`. */
  countOpenAlerts(q: { kind: AlertKind; most: number }): Promise<number>;
  findAlerts(q: { ids: number[] }): Promise<AlertRow[]>;
  findAlertsByMessage(q: { messageId: string }): Promise<AlertRow[]>;
  insertAlerts(q: { alerts: NewAlert[] }): Promise<void>;
  /** Alerts of one kind that nobody settled, newest first, with id < beforeId. */
  listOpenAlerts(q: { kind: AlertKind; beforeId: number; limit: number }): Promise<AlertRow[]>;
  /** Alerts of these kinds that no mail has told yet, oldest first; locks them. */
  lockUntoldAlerts(q: { kinds: readonly AlertKind[]; limit: number }): Promise<AlertRow[]>;
  markAlertsTold(q: { ids: number[]; messageId: string }): Promise<void>;
  /** Puts settled alerts back on the attention list. */
  reopenAlerts(q: { ids: number[] }): Promise<void>;
  /** Takes open alerts off the attention list; settled ones stay as they are. */
  settleAlerts(q: { ids: number[]; by: string; at: Date }): Promise<void>;
  /** The alerts of mails that never arrived are untold again. */
  untellAlerts(q: { messageIds: string[] }): Promise<void>;
}

export interface AuditVerbs {
  findAudit(q: { subject: string }): Promise<AuditLine[]>;
  insertAudit(q: { lines: NewAuditLine[] }): Promise<void>;
  /** The end of each subject's chain; subjects without lines are absent. */
  lastAudit(q: { subjects: string[] }): Promise<{ subject: string; seq: number; hash: string }[]>;
  /** The whole trail in the order it was written, a page at a time: lines with id > afterId. */
  listAudit(q: { afterId: number; limit: number }): Promise<AuditLine[]>;
  /**
   * Lines that fit, newest first by (at, id), those before `before`, which was a line that fits. Lines of one subject
   * come in the order of their chain.
   */
  searchAudit(
    q: AuditFilter & { before: { at: Date; id: number } | null; limit: number },
  ): Promise<AuditLine[]>;
}

export interface DeliveryVerbs {
  /** How many deliveries of these verdicts fit, counted up to `limit`. */
  countDeliveries(q: DeliveryFilter & { verdicts: ReceiptStatus[]; limit: number }): Promise<number>;
  findDelivery(q: { id: string }): Promise<DeliveryRow | null>;
  /** Deliveries that spoke of this order, oldest first, without their bodies (`body` is empty). */
  findDeliveriesOfOrder(q: { orderId: number }): Promise<DeliveryRow[]>;
  /** Which of these are stored: after a lost COMMIT answer this tells whether the batch went through. */
  findStoredDeliveries(q: { ids: string[] }): Promise<DeliveryRow[]>;
  /** Plain insert: a second row with the same id is an error (`store.duplicate`). */
  insertDeliveries(q: { deliveries: DeliveryRow[] }): Promise<void>;
  /** Deliveries of one verdict without their bodies, by (receivedAt, id), beyond `from` in the direction asked. */
  listDeliveries(
    q: DeliveryFilter & {
      verdict: ReceiptStatus;
      from: { receivedAt: Date; id: string } | null;
      direction: 'newest first' | 'oldest first';
      limit: number;
    },
  ): Promise<DeliveryRow[]>;
  /** Links a delivery to the orders it spoke of; repeats do nothing. */
  linkDeliveries(q: { links: { deliveryId: string; orderId: number }[] }): Promise<void>;
}

export interface HoldVerbs {
  deleteHolds(q: { keyIds: number[] }): Promise<void>;
  findHoldsByOrder(q: { orderIds: number[] }): Promise<HoldRow[]>;
  /** `ttlMs` counts from the database's clock. */
  insertHolds(q: { holds: { keyId: number; orderId: number; ttlMs: number }[] }): Promise<void>;
  /** Holds past their time by the database's clock, oldest first; locks nothing (lock the order first). */
  listExpiredHolds(q: { limit: number }): Promise<HoldRow[]>;
}

export interface JobVerbs {
  /** True for exactly one caller per slot of `everyMs` (a whole number), on all replicas; slots count from 1970 by the database's clock. */
  takeJobSlot(q: { name: string; everyMs: number }): Promise<boolean>;
  /** True when `cooldownMs` have passed by the database's clock since it was last true; then starts the next cooldown. */
  takeCooldown(q: { name: string; cooldownMs: number }): Promise<boolean>;
  /** Drops counters of windows that are over. */
  forgetTurns(): Promise<void>;
  /** True up to `limit` times per window of `windowMs`, counted by the database's clock from the first turn, on all replicas. */
  takeTurn(q: { name: string; limit: number; windowMs: number }): Promise<boolean>;
}

export interface KeyVerbs {
  assignKeys(q: { assignments: KeyAssignment[] }): Promise<void>;
  /**
   * The oldest free keys of a product with id > afterId: SELECT … ORDER BY id LIMIT … FOR UPDATE SKIP LOCKED.
   * Fewer than `limit` means short OR locked by others: never "sold out" by itself.
   */
  claimKeys(q: { sku: string; limit: number; afterId: number }): Promise<{ id: number }[]>;
  /** Like claimKeys, but waits for locked rows up to `waitMs` in all; throws `store.lock_timeout` beyond. */
  claimKeysPatiently(q: { sku: string; limit: number; waitMs: number }): Promise<{ id: number }[]>;
  /** Free keys by committed state, locked ones included; a SKU without free keys is given with 0. */
  countAvailable(q: { skus: string[] }): Promise<{ sku: string; available: number }[]>;
  /** Takes keys out for good, with what is kept beside them: tails, and which import brought them. */
  deleteKeys(q: { keyIds: number[] }): Promise<void>;
  /** Keys whose text equals one of these, byte by byte. */
  findKeysByText(q: { keys: string[] }): Promise<{ id: number; licenseKey: string; productSku: string }[]>;
  findKey(q: { id: number }): Promise<KeyRow | null>;
  /** Keys assigned to or held for these orders (in words), by id. */
  findKeysOfOrders(q: { orderIds: string[] }): Promise<KeyRow[]>;
  /** Insert or nothing, by text. Sorted by the caller. */
  insertKeys(q: { keys: NewKey[] }): Promise<void>;
  /** Locks those of the keys that are `available` and that nobody else holds (SKIP LOCKED); gives their ids, ascending. */
  lockFreeKeys(q: { ids: number[] }): Promise<number[]>;
  /** Locks the keys, in order of id, waiting for other holders. */
  lockKeys(q: { ids: number[] }): Promise<KeyRow[]>;
  /** Like findKeysOfOrders; locks the keys, in order of id. */
  lockKeysOfOrders(q: { orderIds: string[] }): Promise<KeyRow[]>;
  /** Back to `available`, assignment columns cleared. */
  releaseKeys(q: { keyIds: number[] }): Promise<void>;
  /** `revoked`; the assignment columns stay, they are history. */
  revokeKeys(q: { keyIds: number[] }): Promise<void>;
}

export interface ImportVerbs {
  /** Insert or nothing by key: which import brought a key. */
  insertImportedKeys(q: { rows: { keyId: number; importId: string; tail: string }[] }): Promise<void>;
  insertImport(q: { row: ImportRow }): Promise<void>;
  findImport(q: { id: string }): Promise<ImportRow | null>;
  /** Of these keys, those that this import brought. */
  findImportedKeys(q: { importId: string; keyIds: number[] }): Promise<number[]>;
  addToImport(q: { id: string; added: number }): Promise<void>;
  /** What became of the keys that an import brought; reads each of them. Keys on hold are `held`, others without any are absent. */
  countImportedKeys(q: { importId: string }): Promise<KeyCount[]>;
  /** Ids of an import's `available` keys, ascending, with id > afterId; locks nothing. */
  listFreeImportedKeys(q: { importId: string; afterId: number; limit: number }): Promise<number[]>;
  /**
   * Of these keys, those whose import was undone, with it. Locks the imports' rows, so that an undo that begins at the
   * same moment waits, and finds the keys as they are then.
   */
  lockUndoneKeys(q: { keyIds: number[] }): Promise<{ keyId: number; importId: string }[]>;
  /** Newest (highest id) first; null for the first page. */
  listImports(q: { beforeId: string | null; limit: number }): Promise<ImportRow[]>;
  /** Marks the import as undone (the first time stays) and adds to what was removed; locks its row. */
  noteUndo(q: { id: string; removed: number; at: Date }): Promise<void>;
}

export interface ProductVerbs {
  deleteMapping(q: ItemRef): Promise<void>;
  findMappings(q: { items: ItemRef[] }): Promise<MappingRow[]>;
  findProducts(q: { skus: string[] }): Promise<ProductRow[]>;
  /** Insert or nothing. */
  insertProducts(q: { products: ProductRow[] }): Promise<void>;
  listMappings(): Promise<MappingRow[]>;
  listProducts(): Promise<ProductRow[]>;
  /** Locks the product rows: the filler of waiting orders does, before anything else, so that one fills at a time; and who changes a product. */
  lockProducts(q: { skus: string[] }): Promise<ProductRow[]>;
  /** Insert or replace. */
  saveMapping(q: MappingRow): Promise<void>;
  /** Insert or replace. */
  saveProduct(q: ProductRow): Promise<void>;
}

export interface PurchaseVerbs {
  /** Insert or nothing by (site, source, purchaseId); sorted by the caller. The first order that asks answers for all. */
  claimPurchases(q: { rows: PurchaseRow[] }): Promise<void>;
  findPurchases(q: { keys: Omit<PurchaseRow, 'orderId'>[] }): Promise<PurchaseRow[]>;
  /** The purchases that these orders answer for. */
  findPurchasesOfOrders(q: { orderIds: number[] }): Promise<PurchaseRow[]>;
}

export interface SiteVerbs {
  /** Insert or nothing by slug and by url. */
  insertSite(q: SiteRow): Promise<void>;
  listSites(): Promise<SiteRow[]>;
}

export interface StockVerbs {
  /** Every product, those without keys too. */
  stockLevels(): Promise<StockLevel[]>;
  /** When the newest (highest id) assigned keys of a product were assigned; keys on hold are left out. */
  recentAssignments(q: { sku: string; limit: number }): Promise<Date[]>;
  /** SKUs with a free key and a waiting order. */
  skusToFill(): Promise<string[]>;
  /** Each promise, counted; takes no locks. */
  verifyPromises(): Promise<PromiseCount[]>;
}

export type Verbs = AlertVerbs &
  AuditVerbs &
  DeliveryVerbs &
  DriftVerbs &
  HoldVerbs &
  ImportVerbs &
  InstanceVerbs &
  JobVerbs &
  KeyVerbs &
  MailVerbs &
  OrderVerbs &
  ProductVerbs &
  PurchaseVerbs &
  SessionVerbs &
  SiteVerbs &
  StaffVerbs &
  StockVerbs;

export type Store = Verbs & {
  engine: 'mysql' | 'mariadb' | 'postgres';
  /** E.g. `MySQL 9.7.4`. */
  version: string;
  /**
   * Runs `work` in one READ COMMITTED transaction; commits when it resolves, rolls back when it throws. Not retried
   * here (see `transient` in store-error.ts). A failing BEGIN or ROLLBACK discards the connection and never hides the first error.
   */
  transaction<T>(work: (tx: Verbs) => Promise<T>): Promise<T>;
  ping(): Promise<void>;
  close(): Promise<void>;
};
