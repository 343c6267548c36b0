import type { RenderedMail } from './rendered-mail.ts';
import type { SampleMail } from './samples.ts';

/** A sample mail that a browser shows without a mail program. */
export interface GalleryMail {
  template: string;
  title: string;
  subject: string;
  /** With its images as data: addresses, for looking at only: real mails carry them as attachments. */
  html: string;
  text: string;
  /** Size of the HTML as it is sent; Gmail cuts a mail off at 102 KB. */
  bytes: number;
}

export function galleryMails(samples: readonly SampleMail[]): GalleryMail[] {
  return samples.map(({ template, title, mail }) => ({
    template,
    title,
    subject: mail.subject,
    html: withImages(mail, `${template}, ${title}`),
    text: mail.text,
    bytes: Buffer.byteLength(mail.html),
  }));
}

/** The HTML of a mail with its images as data: addresses; `where` names the mail in a fault. */
export function withImages({ html, inline }: RenderedMail, where: string): string {
  return html.replace(/(src=")cid:([^"]*)/g, (_all, before: string, cid: string) => {
    const image = inline.find((one) => one.cid === cid);
    if (!image) throw new Error(`${where}: the mail shows cid:${cid} and carries no such image`);
    return `${before}data:${image.contentType};base64,${image.content.toString('base64')}`;
  });
}

const BOTH_SCHEMES = /^(<!doctype html>\s*<html\b[^>]*style="[^"]*color-scheme:)light dark/i;

/** The same mail as a reader with a light or a dark theme sees it: its root offers one scheme, which light-dark() follows. */
export function inTheme(html: string, theme: 'light' | 'dark'): string {
  if (!BOTH_SCHEMES.test(html))
    throw new Error('the mail’s root has no color-scheme:light dark in its style');
  return html.replace(BOTH_SCHEMES, `$1${theme}`);
}
