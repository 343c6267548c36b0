import { attentionList } from '../server/alerts/attention.ts';
import { exportAudit } from '../server/audit/export-audit.ts';
import { listAudit } from '../server/audit/list-audit.ts';
import { valueOf, type Result } from '../server/errors.ts';
import { readHealth, type HealthDeps } from '../server/health/read-health.ts';
import { listImports } from '../server/keys/list-imports.ts';
import { listMails } from '../server/mail/list-mails.ts';
import { readMailStatus } from '../server/mail/mail-status.ts';
import { listSuppressed } from '../server/mail/suppressions.ts';
import { countReplay } from '../server/orders/count-replay.ts';
import { getOrder } from '../server/orders/get-order.ts';
import { listDeliveries } from '../server/orders/list-deliveries.ts';
import { waitingOrders } from '../server/orders/waiting.ts';
import { stockLevels } from '../server/stock/levels.ts';
import { keysOfImport, SHARED } from './lookup-shop.ts';

export interface ListPath {
  name: string;
  run(): Promise<unknown>;
  /** What any step of a statement may read, and why it is more than a page or two where it is. */
  mostInStep: number;
}

interface Page {
  next?: string;
}
type List = (cursor: { cursor?: string }) => Promise<Result<Page>>;

/** A page from each of two ranges. */
const PAGES = 60;
/** The newest deliveries are replays, which a list without them passes. */
const REPLAYS = 200;
/** Orders that wait for other products stand between those of one. */
const WAITING = 1000;
/** A replay in bulk is refused beyond that, and one more is looked for. */
const COUNTED = 10_001;
/** The middle of what lookup-shop.ts fills with a minute an order. */
const middle = (count: number) =>
  new Date(Date.UTC(2024, 0, 1) + Math.floor(count / 2) * 60_000).toISOString();

/** Everything that the console shows as a list, its first page and one amid it, with each filter; and what it counts. */
export async function listPaths(deps: HealthDeps, count: number): Promise<ListPath[]> {
  const until = middle(count);
  /** Of a shop of this size, one in a thousand fits: those between are read in the index, and passed. */
  const rare = Math.min(count, 60_000);
  const paths: ListPath[] = [];
  const one = (name: string, run: () => Promise<unknown>, mostInStep = PAGES) =>
    paths.push({ name, run, mostInStep });
  const both = async (name: string, list: List, mostInStep = PAGES, from: List = list) => {
    one(name, async () => valueOf(await list({})), mostInStep);
    const { next } = valueOf(await from({}));
    // A small shop has one page of some.
    if (next !== undefined)
      one('  … the page after a cursor', async () => valueOf(await list({ cursor: next })), mostInStep);
  };

  one('the page of an order', async () => valueOf(await getOrder(deps, { orderId: `amelia:${count - 7}` })));
  await both('waiting orders', (at) => waitingOrders(deps, at));
  await both('  of a product', (at) => waitingOrders(deps, { sku: SHARED.sku, ...at }), WAITING);
  await both('what needs a person', (at) => attentionList(deps, at));
  await both('  of a kind', (at) => attentionList(deps, { kinds: ['attention'], ...at }));
  const deliveries = (filter: Parameters<typeof listDeliveries>[1], most = PAGES): [List, number, List] => [
    (at) => listDeliveries(deps, { ...filter, ...at }),
    most,
    (at) => listDeliveries(deps, { ...filter, until, ...at }),
  ];
  await both('deliveries', ...deliveries({}, PAGES + REPLAYS));
  await both('  with replays', ...deliveries({ replays: true }));
  await both('  of a verdict', ...deliveries({ verdict: 'attention' }));
  await both('  of two', ...deliveries({ verdict: ['attention', 'waiting'] }));
  await both('  in a period', ...deliveries({ since: '2024-01-02', until }));
  await both('  of a rare source', ...deliveries({ source: 'bookly' }, rare));
  await both('  of a rare site', ...deliveries({ site: SHARED.site }, rare));
  one('  counted for a replay', () => countReplay(deps, { verdict: 'attention' }), COUNTED);
  await both('mails to be sent', (at) => listMails(deps, { show: 'queue', ...at }), COUNTED);
  await both('  in trouble', (at) => listMails(deps, { show: 'trouble', ...at }));
  await both('  bounced', (at) => listMails(deps, { show: 'trouble', status: 'bounced', ...at }));
  await both('  all', (at) => listMails(deps, { show: 'all', ...at }));
  await both('addresses without mail', (at) => listSuppressed(deps, at));
  const audit = (filter: Parameters<typeof listAudit>[1], most = PAGES): [List, number, List] => [
    (at) => listAudit(deps, { ...filter, ...at }),
    most,
    (at) => listAudit(deps, { ...filter, until, ...at }),
  ];
  await both('the audit trail', ...audit({}));
  await both('  of a member', ...audit({ actor: 'staff:2' }));
  await both('  of an action', ...audit({ action: 'order.resent' }));
  // By the index of one of the two: the other's lines are passed.
  await both('  of both', ...audit({ actor: 'staff:2', action: 'order.resent' }, Math.ceil(count / 1000)));
  await both('  of a member, in a period', ...audit({ actor: 'staff:2', since: '2024-01-02' }));
  one('  of an order', () => listAudit(deps, { orderId: `amelia:${count - 7}` }));
  one('  exported, a page', () => exportAudit(deps, {}), 1100);
  await both('imports, their keys counted', (at) => listImports(deps, at), keysOfImport(count));
  // These count, and are no lists: whole tables by an index, which the console asks for the less often the longer it takes.
  one('stock of every product', () => stockLevels(deps), count);
  one('mails by status', () => readMailStatus(deps), count);
  one('health', () => readHealth(deps), count);
  return paths;
}
