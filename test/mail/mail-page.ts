import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import { z } from 'zod';
import { startBrowser } from '../support/browser.ts';
import type { RenderedMail } from '../../server/mail/render.ts';

export type Scheme = 'light' | 'dark';

/** A text as Chromium shows it: colours as CSS writes them, places in CSS pixels from the left edge. */
const SHOWN_TEXTS = z.array(
  z.object({
    text: z.string(),
    colour: z.string(),
    /** The background of each element it is in, the nearest first. */
    grounds: z.array(z.string()),
    opacity: z.number(),
    left: z.number(),
    right: z.number(),
  }),
);
const SHOWN_KEYS = z.array(
  z.object({
    /** What copying it gives. */
    copied: z.string(),
    /** The box around it. */
    left: z.number(),
    right: z.number(),
    width: z.number(),
    isInside: z.boolean(),
  }),
);
export type ShownText = z.infer<typeof SHOWN_TEXTS>[number];
type ShownKey = z.infer<typeof SHOWN_KEYS>[number];

/** A mail in a real browser. Ask `open` first. */
export interface MailPage {
  open(mail: RenderedMail): Promise<void>;
  /** CSS pixels. */
  setWidth(width: number): Promise<void>;
  setScheme(scheme: Scheme): Promise<void>;
  texts(): Promise<ShownText[]>;
  width(): Promise<number>;
  keys(key: string): Promise<ShownKey[]>;
  axe(): Promise<string[]>;
  /** The whole mail as a PNG, as wide as the window. */
  picture(): Promise<Buffer>;
  stop(): Promise<void>;
}

export async function openMailPage(): Promise<MailPage> {
  const measures = await readFile(new URL('in-page.js', import.meta.url), 'utf8');
  const browser = await startBrowser();
  const ask = async <T>(question: string, shape: z.ZodType<T>): Promise<T> =>
    shape.parse(await browser.evaluate(`inPage.${question}`));
  return {
    async open(mail) {
      const html = Buffer.from(withPictures(mail)).toString('base64');
      await browser.open(`data:text/html;charset=utf-8;base64,${html}`);
      for (const script of [axe.source, measures]) await browser.evaluate(`{${script}}`);
    },
    async setWidth(width) {
      await browser.send('Emulation.setDeviceMetricsOverride', {
        ...{ width, height: 800, deviceScaleFactor: 1, mobile: false },
      });
    },
    async setScheme(value) {
      await browser.send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value }],
      });
    },
    texts: () => ask('texts()', SHOWN_TEXTS),
    width: () => ask('width()', z.number()),
    keys: (key) => ask(`keys(${JSON.stringify(key)})`, SHOWN_KEYS),
    axe: () => ask('axe()', z.array(z.string())),
    async picture() {
      const [width, height] = await Promise.all(
        ['width()', 'height()'].map((question) => ask(question, z.number())),
      );
      const clip = { x: 0, y: 0, width, height, scale: 1 };
      const { data } = await browser.send('Page.captureScreenshot', { captureBeyondViewport: true, clip });
      return Buffer.from(String(data), 'base64');
    },
    stop: () => browser.stop(),
  };
}

/** A mail client fetches `cid:` from the mail itself; for a browser the pictures are put in place. */
function withPictures({ html, inline }: RenderedMail): string {
  return inline.reduce(
    (text, { cid, contentType, content }) =>
      text.replaceAll(`"cid:${cid}"`, `"data:${contentType};base64,${content.toString('base64')}"`),
    html,
  );
}
