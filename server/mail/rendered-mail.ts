import { fillAny, oneLine } from './fill.ts';
import type { Brand } from './brand.ts';
import type { Slots, Values } from './fill.ts';
import type { MailTemplate } from './templates.ts';

export interface InlineImage {
  /** What stands after `cid:` in the HTML. */
  cid: string;
  filename: string;
  contentType: 'image/png';
  content: Buffer;
}

/** A mail ready to send; the transport adds the addresses and attaches the images. */
export interface RenderedMail {
  /** One line of at most 120 characters. */
  subject: string;
  html: string;
  text: string;
  inline: readonly InlineImage[];
}

interface Head {
  brand: Brand;
  subject: string;
  /** The line that inboxes show beside the subject. */
  preheader: string;
}

/** Fills both parts of a mail. Every value is escaped by the fill; the subject is one line without control characters. */
export function writeMail<S extends Slots>(
  template: MailTemplate<S>,
  head: Head,
  body: Values<S>,
): RenderedMail {
  const { name, logo } = head.brand;
  const subject = cut(head.subject, 120);
  const shown = { brand: name, subject, preheader: cut(head.preheader, 200), logoAlt: logo.alt };
  return {
    subject,
    html: fillAny(template.html, { ...body, ...shown }),
    text: fillAny(template.text, { ...body, brand: name }),
    inline: [{ cid: logo.cid, filename: logo.filename, contentType: 'image/png', content: logo.content }],
  };
}

/** Gmail cuts a mail at 102 KB, and its end with it. */
const MAX_BYTES = 100 * 1024;

/** The mail with as many items told in full as fit, from `max` down; the others it names in one line. */
export function fitMail(max: number, write: (items: number) => RenderedMail): RenderedMail {
  for (let items = max; ; items = Math.floor(items * 0.75)) {
    const mail = write(items);
    if (items === 0 || Buffer.byteLength(mail.html) <= MAX_BYTES) return mail;
  }
}

/** One line of at most so many characters, cut between code points. */
export function cut(text: string, max: number): string {
  const characters = [...oneLine(text)];
  return characters.length <= max
    ? characters.join('')
    : `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
}
