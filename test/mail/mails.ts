import { loadBrand } from '../../server/mail/brand.ts';
import {
  renderAdminAttention,
  renderAdminUrgent,
  renderDigest,
  renderKeyMail,
  renderKeyWaiting,
  renderLowStock,
  renderMailFailing,
} from '../../server/mail/render.ts';
import { sampleMails } from '../../server/mail/samples.ts';
import { ALERT_KINDS } from '../../server/store/rows.ts';
import { MESSAGE_STATUSES, ORDER_STATUSES } from '../../shared/statuses.ts';
import type { RenderedMail } from '../../server/mail/render.ts';

// The mails that the gate, html-validate and Chromium all look at: the samples, and each template filled to its limits.

export interface Specimen {
  template: string;
  title: string;
  mail: RenderedMail;
}

const brand = loadBrand();
const publicUrl = 'https://keys.shop.example';

/** As wide as the database takes them (server/store/mysql/schema.ts), with nowhere to break. */
const LONG = {
  key: 'W'.repeat(512),
  sku: 'M'.repeat(100),
  orderId: `amelia:${'8'.repeat(191)}`,
  email: `${'w'.repeat(64)}@${'w'.repeat(60)}.${'w'.repeat(60)}.${'w'.repeat(56)}.example`,
  name: 'W'.repeat(200),
  url: `https://${'w'.repeat(60)}.example/${'w'.repeat(400)}`,
};
const HOSTILE = `</td></table><script>alert(1)</script><!--[if mso]><div>--> $& 'a' "b" & &lt; \r\nBcc: x@x.example\u0000\u202e`;
const LONG_BRAND = {
  ...brand,
  name: 'W'.repeat(80),
  supportEmail: LONG.email,
  activationUrl: LONG.url,
};
const AT = new Date('2026-03-04T05:06:07Z');

/** Keys that a careless mail would break, alter or widen. */
export const AWKWARD_KEYS = [
  'A&B&amp;C',
  'A<B>C</td>',
  `A"B'C`,
  'ABCDEFGHIJ'.repeat(6),
  'W'.repeat(60),
  'AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH-0000',
  '-----',
  'two  spaces inside',
  'ключ-🔑-0O',
  '$&-$1-<!--x-->',
  LONG.key,
];

export function keyMailWith(keys: readonly string[]): RenderedMail {
  return renderKeyMail({
    brand,
    order: { orderId: 'amelia:13', name: 'Ann' },
    products: [
      { name: 'First Aid', keys, activationUrl: 'https://go.shop.example/', instructions: 'Sign in.' },
    ],
    copy: false,
    formerKeys: [],
  });
}

/** Every sample of templates/. */
export const samples = (): Specimen[] => sampleMails(brand, publicUrl);

/** Every template with as much as it may be given, with values that have nowhere to break, and with hostile ones. */
export function extremes(): Specimen[] {
  return [
    ...keyExtremes(),
    ...[LONG, { ...LONG, name: HOSTILE, sku: HOSTILE, email: HOSTILE }].flatMap((words) =>
      adminExtremes(words),
    ),
  ];
}

function keyExtremes(): Specimen[] {
  const order = { orderId: LONG.orderId, name: LONG.name };
  const product = { name: LONG.name, keys: [LONG.key], activationUrl: LONG.url, instructions: LONG.name };
  const hostile = {
    name: HOSTILE,
    keys: ['A<B'],
    activationUrl: 'javascript:alert(1)',
    instructions: HOSTILE,
  };
  const many = Array.from({ length: 50 }, (_, at) => String(at).padStart(60, 'W'));
  const formerKeys = Array.from({ length: 50 }, (_, at) => `····${1000 + at}`);
  const long = { brand: LONG_BRAND, order, products: [product, product], copy: false, formerKeys: [] };
  const hostileOrder = { ...order, name: HOSTILE };
  const key = (title: string, mail: RenderedMail) => ({ template: 'key', title, mail });
  return [
    ...AWKWARD_KEYS.map((word) => key(`the key ${word.slice(0, 50)}`, keyMailWith([word]))),
    key('50 keys of 60 characters', keyMailWith(many)),
    key('nowhere to break', renderKeyMail(long)),
    key('nowhere to break, a copy', renderKeyMail({ ...long, copy: true, formerKeys })),
    key('hostile', renderKeyMail({ ...long, order: hostileOrder, products: [hostile, hostile] })),
    {
      template: 'key-replaced',
      title: '50 keys for 50',
      mail: renderKeyMail({ ...long, products: [{ ...product, keys: many }], formerKeys }),
    },
    ...[order, hostileOrder].map((whose) => ({
      template: 'key-waiting',
      title: `for ${whose.name.slice(0, 20)}`,
      mail: renderKeyWaiting({
        brand: LONG_BRAND,
        order: whose,
        products: [whose, whose].map(({ name }) => ({ name, quantity: 50 })),
      }),
    })),
  ];
}

function adminExtremes({ name, sku, orderId, email }: typeof LONG): Specimen[] {
  const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
  const level = { sku, name, available: 1_234_567, waiting: 1_234_567, perDay: 12_345.678, daysLeft: 0.04 };
  const title = name.slice(0, 20);
  const shop = { brand: LONG_BRAND, publicUrl: `https://${LONG.email.split('@')[1]}:65535` };
  const alerts = ALERT_KINDS.flatMap((kind) => times(3, { kind, orderId, sku, detail: `${name} ${email}` }));
  const short = { sku, name, available: 0, keysOwed: 99_999, more: 99_999 };
  const orders = times(20, { orderId, keys: 50, since: AT });
  const failures = (['mail_failed', 'mail_bounced', 'mail_complained'] as const).flatMap((kind) =>
    [true, false].flatMap((isWaiting) =>
      times(4, {
        kind,
        orderId,
        email,
        name,
        isWaiting,
        isStopped: isWaiting,
        detail: `550 ${name}`,
        at: AT,
      }),
    ),
  );
  return [
    {
      template: 'admin-urgent',
      title,
      mail: renderAdminUrgent({ ...shop, products: times(10, { ...short, orders }) }),
    },
    { template: 'admin-attention', title, mail: renderAdminAttention({ ...shop, alerts }) },
    { template: 'admin-mail-failing', title, mail: renderMailFailing({ ...shop, failures, more: 99_999 }) },
    {
      template: 'admin-low-stock',
      title,
      mail: renderLowStock({ ...shop, products: times(20, { ...level, threshold: 1_000_000 }) }),
    },
    {
      template: 'admin-digest',
      title,
      mail: renderDigest({
        ...shop,
        from: new Date(AT.getTime() - 24 * 60 * 60 * 1000),
        to: AT,
        newOrders: ORDER_STATUSES.map((status) => ({ status, count: 1_234_567 })),
        openOrders: (['waiting', 'attention', 'held'] as const).map((status) => ({
          status,
          count: 1_234_567,
        })),
        mails: MESSAGE_STATUSES.map((status) => ({ status, count: 1_234_567 })),
        stock: times(20, { ...level, isLow: true }),
      }),
    },
  ];
}
