import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBrand } from '../../server/mail/brand.ts';
import { contrast } from './contrast.ts';
import { openMailPage } from './mail-page.ts';
import { AWKWARD_KEYS, extremes, keyMailWith, samples } from './mails.ts';
import type { Rgb } from './contrast.ts';
import type { MailPage, ShownText } from './mail-page.ts';

// What only a browser knows: what is drawn, where, and in which colours. One Chromium for all of it.

const WIDTHS = [320, 375, 680];
const SCHEMES = ['light', 'dark'] as const;
const LEAST_CONTRAST = 4.5;
const MAX_BOX = 420;
const WITH_KEYS = ['key', 'key-replaced'];
const DOWNLOAD_MS = 600_000;

let page: MailPage;
beforeAll(async () => {
  page = await openMailPage();
}, DOWNLOAD_MS);
afterAll(() => page.stop());

const specimens = [...samples(), ...extremes()];

describe('in Chromium', () => {
  it.each(specimens)(
    '$template, $title: fits every window and can be read by anyone',
    async ({ template, mail }) => {
      const keys = WITH_KEYS.includes(template) ? keysIn(mail.text) : [];
      expect(keys.length > 0).toBe(WITH_KEYS.includes(template));
      await page.open(mail);
      for (const width of WIDTHS) {
        await page.setWidth(width);
        expect(await page.width(), `scrolls sideways at ${width}`).toBeLessThanOrEqual(width);
        const outside = (await page.texts()).filter(({ left, right }) => left < 0 || right > width);
        expect(outside, `outside the window at ${width}`).toEqual([]);
        await expectBoxed(keys, width);
      }
      for (const scheme of SCHEMES) {
        await page.setScheme(scheme);
        const texts = await page.texts();
        expect(texts.length).toBeGreaterThan(3);
        const pale = texts.map((text) => ({ ...text, contrast: contrastOf(text) }));
        expect(
          pale.filter((text) => !(text.contrast >= LEAST_CONTRAST)),
          `hard to read, ${scheme}`,
        ).toEqual([]);
        expect(await page.axe(), scheme).toEqual([]);
      }
    },
  );

  it.each(AWKWARD_KEYS)(
    'the key %j is one text, is copied as it is, and its box is in the middle',
    async (key) => {
      await page.open(keyMailWith([key]));
      for (const width of WIDTHS) {
        await page.setWidth(width);
        await expectBoxed([key], width);
      }
    },
  );

  it('turns dark when the reader has it dark', async () => {
    await page.open(keyMailWith(['AAAA-0O0O']));
    const shown: ShownText[][] = [];
    for (const scheme of SCHEMES) {
      await page.setScheme(scheme);
      shown.push(await page.texts());
    }
    // The page, the card and the box; the button is the same in both.
    for (const word of [loadBrand().name, 'Your license key', 'AAAA-0O0O']) {
      const [light, dark] = shown.map((texts) => texts.find(({ text }) => text === word));
      const [lit, unlit] = [light && groundOf(light), dark && groundOf(dark)];
      expect(lit && unlit && contrast(lit, unlit), word).toBeGreaterThan(10);
    }
  });

  it('would find each of these faults', async () => {
    const key = `AAAA-0O0O${'W'.repeat(40)}`;
    const mail = keyMailWith([key]);
    const wide = `<span style="white-space:nowrap;color:#999999;">${'wide '.repeat(50)}</span><h1`;
    await page.setScheme('light');
    await page.setWidth(320);
    await page.open({ ...mail, html: mail.html.replace('<h1', wide) });
    expect(await page.width()).toBeGreaterThan(320);
    const texts = await page.texts();
    expect(texts.filter((text) => text.right > 320)).not.toEqual([]);
    expect(texts.filter((text) => contrastOf(text) < LEAST_CONTRAST)).toHaveLength(1);
    expect(await page.axe()).toMatchObject([expect.stringContaining('color-contrast')]);

    await page.setWidth(680);
    for (const [right, wrong] of [
      ['AAAA-0O0O', 'AAAA<wbr>-0O0O'],
      ['max-width:420px', 'max-width:440px'],
      ['align="center"', 'align="left"'],
      [/table-layout:fixed;|word-(wrap|break):break-word;|white-space:pre-wrap;/g, ''],
    ] as const) {
      await page.open({ ...mail, html: mail.html.replaceAll(right, wrong) });
      await expect(expectBoxed([key], 680), `${right}`).rejects.toThrow();
    }
  });
});

/** The keys of a mail as its text part gives them, each on a line of its own. */
const keysIn = (text: string): string[] => [...text.matchAll(/^ {4}(.+)$/gm)].map(([, key = '']) => key);

/** Each of these keys stands there as often as it is named, unbroken, in a box in the middle. */
async function expectBoxed(keys: readonly string[], width: number): Promise<void> {
  for (const key of new Set(keys)) {
    const shown = await page.keys(key);
    expect(shown.map(({ copied }) => copied)).toEqual(keys.filter((one) => one === key));
    for (const box of shown) {
      expect(box.isInside, `${key} is inside its box at ${width}`).toBe(true);
      expect(box.width).toBeLessThanOrEqual(MAX_BOX);
      expect(Math.abs((box.left + box.right) / 2 - width / 2)).toBeLessThanOrEqual(1);
    }
  }
}

/** 0 where it cannot be told: then it is a fault, too. */
function contrastOf(text: ShownText): number {
  const ground = groundOf(text);
  const colour = opaque(text.colour);
  return ground && colour && text.opacity === 1 ? contrast(colour, ground) : 0;
}

/** The first background that is there at all; one that lets through what lies below it is none to us. */
function groundOf({ grounds }: ShownText): Rgb | null {
  return opaque(grounds.find((ground) => ground !== 'rgba(0, 0, 0, 0)') ?? '');
}

function opaque(colour: string): Rgb | null {
  const [, red, green, blue] = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour) ?? [];
  return red && green && blue ? [Number(red), Number(green), Number(blue)] : null;
}
