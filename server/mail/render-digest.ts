import { cut, fitMail, writeMail } from './rendered-mail.ts';
import { templates } from './templates.ts';
import {
  adminFooter,
  counted,
  day,
  forecast,
  listed,
  moment,
  owedToWaiting,
  productTitle,
  skuLeft,
} from './words.ts';
import type { MessageStatus, OrderStatus } from '../../shared/statuses.ts';
import type { StockLevel } from '../store/rows.ts';
import type { Brand } from './brand.ts';
import type { RenderedMail } from './rendered-mail.ts';

export interface DigestInput {
  brand: Brand;
  /** Which server says so. */
  publicUrl: string;
  /** The window that the figures are of. */
  from: Date;
  to: Date;
  /** Bookings that came in the window, by what they are now. */
  newOrders: readonly { status: OrderStatus; count: number }[];
  /** What is open now: waiting, attention, held. */
  openOrders: readonly { status: OrderStatus; count: number }[];
  /** Mails made in the window. */
  mails: readonly { status: MessageStatus; count: number }[];
  stock: readonly (Pick<StockLevel, 'sku' | 'name' | 'available' | 'waiting'> & {
    isLow: boolean;
    /** Keys that go out a day, lately. */
    perDay: number;
    /** Null when none goes out, or when it is more than anybody plans for. */
    daysLeft: number | null;
  })[];
}

/** Products told in full; the rest is named in one line. */
const MAX_PRODUCTS = 60;

type Tone = 'calm' | 'warn' | 'danger';

const ORDERS: Readonly<Record<OrderStatus, string>> = {
  fulfilled: 'Served',
  waiting: 'Waiting for keys',
  held: 'On hold: pending, or not paid yet',
  attention: 'In need of a person',
  cancelled: 'Cancelled',
  ignored: 'Without a key to sell',
};

const MAILS: Readonly<Record<MessageStatus, readonly [name: string, tone: Tone]>> = {
  queued: ['Still to be sent', 'calm'],
  sending: ['Being sent', 'calm'],
  accepted: ['Taken by the mail provider', 'calm'],
  delivered: ['Delivered', 'calm'],
  retrying: ['To be tried again', 'warn'],
  failed: ['Failed', 'danger'],
  unknown: ['Sent or not: unknown', 'warn'],
  bounced: ['Bounced', 'danger'],
  complained: ['Marked as spam', 'danger'],
  withdrawn: ['Withdrawn, nothing left to say', 'calm'],
};

/** The day in figures: what came, what went out, what is open, and how long the stock lasts. */
export function renderDigest(input: DigestInput): RenderedMail {
  return fitMail(MAX_PRODUCTS, (maxProducts) => write(input, maxProducts));
}

function write(input: DigestInput, maxProducts: number): RenderedMail {
  const { brand, publicUrl, from, to, newOrders, openOrders, mails, stock } = input;
  const bookings = sum(newOrders);
  const sent = sum(
    mails.filter(({ status }) => ['accepted', 'delivered', 'bounced', 'complained'].includes(status)),
  );
  const matters = listed(openMatters(input), 4);
  const body = {
    heading: matters ? 'Some things are open' : 'All is well',
    period: `From ${moment(from)}, to ${moment(to)}`,
    bookings: String(bookings),
    mails: String(sent),
    open: String(sum(openOrders)),
    sections: [
      {
        title: 'Open now',
        rows: some(openOrders).map(({ status, count }) => row(ORDERS[status], count, openTone(status))),
      },
      {
        title: 'Bookings of the day',
        rows: some(newOrders).map(({ status, count }) => row(ORDERS[status], count, 'calm')),
      },
      {
        title: 'Mails of the day',
        rows: some(mails).map(({ status, count }) => row(MAILS[status][0], count, MAILS[status][1])),
      },
      { title: 'Stock', ...stockRows(stock, maxProducts) },
    ]
      .filter(({ rows }) => rows.length > 0)
      .map((section) => ({ more: [], ...section })),
    footer: adminFooter(brand, publicUrl),
  };
  const figures = `${counted(bookings, 'new booking')}, ${counted(sent, 'mail')} sent`;
  return writeMail(
    templates.digest,
    {
      brand,
      subject: `${matters || 'All is well'}: the day to ${day(to)}`,
      preheader: matters ? `${matters}. ${figures}.` : `${figures}.`,
    },
    body,
  );
}

const sum = (counts: readonly { count: number }[]): number =>
  counts.reduce((all, { count }) => all + count, 0);
const some = <T extends { count: number }>(counts: readonly T[]): T[] =>
  counts.filter(({ count }) => count > 0);

/** What a person should look at, in words; none on a day when all is well. */
function openMatters({ openOrders, mails, stock }: DigestInput): string[] {
  const orders = (status: OrderStatus) => sum(openOrders.filter((one) => one.status === status));
  const failed = sum(mails.filter(({ status }) => MAILS[status][1] === 'danger'));
  const low = stock.filter(({ isLow }) => isLow).length;
  return [
    ...words(orders('waiting'), 'order waits for keys', 'orders wait for keys'),
    ...words(orders('attention'), 'order needs a person', 'orders need a person'),
    ...words(failed, 'mail failed', 'mails failed'),
    ...words(low, 'product is low', 'products are low'),
  ];
}

const words = (count: number, one: string, many: string): string[] =>
  count > 0 ? [counted(count, one, many)] : [];

const openTone = (status: OrderStatus): Tone =>
  status === 'waiting' ? 'danger' : status === 'attention' ? 'warn' : 'calm';

function row(name: string, figure: number | string, tone: Tone, detail = '') {
  const told = [{ name, figure: String(figure) }];
  return {
    calm: tone === 'calm' ? told : [],
    warn: tone === 'warn' ? told : [],
    danger: tone === 'danger' ? told : [],
    details: detail ? [{ detail }] : [],
  };
}

/** The low ones first; the rest is named in one line. */
function stockRows(stock: DigestInput['stock'], maxProducts: number) {
  const sorted = [...stock.filter(({ isLow }) => isLow), ...stock.filter(({ isLow }) => !isLow)];
  const rest = sorted.slice(maxProducts);
  return {
    rows: sorted.slice(0, maxProducts).map((level) => {
      const { available, waiting, isLow } = level;
      const isOut = waiting > 0 || (isLow && available === 0);
      return row(
        cut(productTitle(level), 150),
        available > 0 ? `${available} left` : 'None left',
        isOut ? 'danger' : isLow ? 'warn' : 'calm',
        forecast(level) + owedToWaiting(waiting),
      );
    }),
    more: rest.length > 0 ? [{ rest: `And ${listed(rest.map(skuLeft), 100)}.` }] : [],
  };
}
