import { orderLinks } from './link.ts';
import { cut, fitMail, writeMail } from './rendered-mail.ts';
import { templates } from './templates.ts';
import { adminFooter, counted, inShell, moment } from './words.ts';
import type { AlertKind } from '../store/rows.ts';
import type { Brand } from './brand.ts';
import type { RenderedMail } from './rendered-mail.ts';

type FailureKind = Extract<AlertKind, 'mail_failed' | 'mail_bounced' | 'mail_complained'>;

export interface MailFailingInput {
  brand: Brand;
  /** Which server says so; orders are linked when it is https, or http on this machine. */
  publicUrl: string;
  failures: readonly {
    kind: FailureKind;
    /** In words, e.g. `amelia:13`; null when no order is concerned. */
    orderId: string | null;
    /** The order's address. */
    email: string | null;
    name: string | null;
    /** The order waits for stock: it has no key to send again. */
    isWaiting: boolean;
    /** No mail goes to the order's address any more. */
    isStopped: boolean;
    /** What happened, in a sentence. */
    detail: string;
    at: Date;
  }[];
  /** Failures beyond those listed. */
  more: number;
}

/** Told in full; the rest is counted. */
const MAX_FAILURES = 40;

const WHAT: Readonly<Record<FailureKind, string>> = {
  mail_failed: 'Not delivered',
  mail_bounced: 'Bounced',
  mail_complained: 'Marked as spam',
};

/** What to do about a mail with keys: these stay assigned. */
const ADVICE: Readonly<Record<FailureKind | 'came_back', string>> = {
  mail_failed:
    'The keys stay assigned, but the buyer may not have this mail. Check the address, then send it again:',
  mail_bounced:
    'The keys stay assigned, but the mail came back, so the buyer does not have it. Send it again to another address:',
  came_back:
    'The keys stay assigned, but the mail came back this time. If the address is right, send it again; if not, to another:',
  mail_complained:
    'The mail arrived, and was marked as unwanted: no mail goes to this address any more. ' +
    'If the buyer still needs the key, send it to another address:',
};

/** What to do about the notice to an order that has no key yet. */
const ADVICE_WAITING: Readonly<Record<FailureKind, string>> = {
  mail_failed:
    'The order waits for stock, and its buyer may not know. The key will go to the same address. If that is wrong, correct it:',
  mail_bounced:
    'The order waits for stock, and its buyer does not know. The key would go to the same address. Unless that is right, correct it:',
  mail_complained:
    'The order waits for stock, and no mail goes to this address any more, its key neither. Give another address:',
};

/** Mails to buyers that failed for good: whose, why, and what a person can do about each. */
export function renderMailFailing(input: MailFailingInput): RenderedMail {
  return fitMail(MAX_FAILURES, (maxFailures) => write(input, maxFailures));
}

function write({ brand, publicUrl, failures, more }: MailFailingInput, maxFailures: number): RenderedMail {
  const told = failures.slice(0, maxFailures);
  const total = failures.length + more;
  const only = total === 1 ? told[0] : undefined;
  const rest = total - told.length;
  const body = {
    heading: total === 1 ? 'A mail to a buyer failed' : `${total} mails to buyers failed`,
    intro: 'These buyers may be waiting for their keys, and a person must look.',
    failures: told.map(({ kind, orderId, email, name, isWaiting, isStopped, detail, at }) => ({
      order: orderId ?? 'No order',
      what: WHAT[kind],
      link: orderLinks(publicUrl, orderId),
      person:
        [cut(name ?? '', 80), cut(email ?? '', 254)].filter((part) => part !== '').join(', ') ||
        'The buyer is not known.',
      detail: `${moment(at)}: ${cut(detail, 300)}`,
      advice: isWaiting
        ? ADVICE_WAITING[kind]
        : ADVICE[kind === 'mail_bounced' && !isStopped ? 'came_back' : kind],
      word: inShell(orderId ?? '', 'ORDER'),
      option: isWaiting || isStopped ? '--email ADDRESS' : '[--email ADDRESS]',
    })),
    more:
      rest > 0
        ? [{ rest: `And ${counted(rest, 'more mail')}. Each order says so: npx keybank orders show ORDER` }]
        : [],
    footer: adminFooter(brand, publicUrl),
  };
  const subject = only
    ? `${WHAT[only.kind]}: a mail to the buyer of ${only.orderId ?? 'no order'}`
    : body.heading;
  return writeMail(templates.mailFailing, { brand, subject, preheader: told[0]?.detail ?? body.intro }, body);
}
