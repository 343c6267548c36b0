import { attentionList } from '../server/alerts/attention.ts';
import { listAudit } from '../server/audit/list-audit.ts';
import { valueOf } from '../server/errors.ts';
import { listImports } from '../server/keys/list-imports.ts';
import { listMails } from '../server/mail/list-mails.ts';
import { getOrder } from '../server/orders/get-order.ts';
import { listDeliveries } from '../server/orders/list-deliveries.ts';
import { lookupOrders } from '../server/orders/lookup.ts';
import { waitingOrders } from '../server/orders/waiting.ts';
import type { Store } from '../server/store/store.ts';
import { KEYS_OF_IMPORT, SHARED, type Words } from './lookup-shop.ts';

export interface Path {
  name: string;
  run(): Promise<unknown>;
  /** What any step of a statement may read. */
  mostRows: number;
}

/** A page from each of two ranges. */
const PAGES = 60;
/** The newest keys of a tail that are looked at (lookup.ts of the adapters). */
const TAILS_READ = 500;

/** The use-case that staff call, its finds summarised and their keys masked; a random one of `words` each time. */
export function lookups(store: Store, words: Words[]): Path[] {
  const find = async (query: string) => void valueOf(await lookupOrders({ store }, { query }));
  const path = (name: string, query: string, mostRows = PAGES): Path => ({
    name,
    run: () => find(query),
    mostRows,
  });
  const each = (name: string, make: (words: Words) => string | null, mostRows = PAGES): Path => {
    const queries = words.flatMap((one) => make(one) ?? []);
    if (queries.length === 0) throw new Error(`nothing to look up by ${name}`);
    return { name, run: () => find(queries[random(queries.length)] ?? ''), mostRows };
  };
  return [
    each('order id', ({ number }) => `amelia:${number}`),
    each('booking number', ({ number }) => number),
    each('e-mail', ({ email }) => email),
    each('alternate e-mail', ({ alternate }) => alternate),
    each('whole name', ({ name }) => name),
    each('last name', ({ name }) => name.split(' ')[1] ?? null),
    each('beginning of a name', ({ name }) => name.slice(0, 7)),
    each('coupon', ({ coupon }) => coupon),
    each('full key', ({ licenseKey }) => licenseKey),
    each('key tail', ({ tail }) => tail, TAILS_READ),
    path('e-mail of a thousandth of all', SHARED.email),
    path('alternate e-mail of a hundredth', SHARED.alternate),
    path('last name of a hundredth', SHARED.surname),
    path('coupon of a tenth', SHARED.coupon),
    path('key tail of a thousandth', SHARED.tail, TAILS_READ),
  ];
}

/** The lists that staff look at, and the page of an order. */
export function listings(store: Store, words: Words[]): Path[] {
  const deps = { store };
  const anOrder = () => `amelia:${words[random(words.length)]?.number ?? 1}`;
  const list = (name: string, run: () => Promise<unknown>, mostRows = PAGES): Path => ({
    name,
    run,
    mostRows,
  });
  return [
    list('the page of an order', async () => valueOf(await getOrder(deps, { orderId: anOrder() }))),
    list('waiting orders', async () => valueOf(await waitingOrders(deps, {}))),
    list('what needs a person', async () => valueOf(await attentionList(deps, {}))),
    list('deliveries', async () => valueOf(await listDeliveries(deps, {}))),
    list('deliveries of a verdict', async () =>
      valueOf(await listDeliveries(deps, { verdict: 'attention' })),
    ),
    list('mails that are queued', async () => valueOf(await listMails(deps, { show: 'queue' }))),
    list('mails in trouble', async () => valueOf(await listMails(deps, { show: 'trouble' }))),
    list('the audit trail', async () => valueOf(await listAudit(deps, {}))),
    list('acts of one member', async () => valueOf(await listAudit(deps, { actor: 'staff:2' }))),
    list('imports, their keys counted', async () => valueOf(await listImports(deps, {})), KEYS_OF_IMPORT),
  ];
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}
