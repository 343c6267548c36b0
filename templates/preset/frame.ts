import { LOGO_CID } from '../look.ts';
import { tint } from './palette.ts';
import { centred, SANS, TABLE } from './table.ts';
import type { Definition } from './table.ts';

// The outer pieces: page, logo and name, card, the table inside a card, and the small print.

/** Pushes the start of the mail out of the inbox preview; 40 pairs fill the longest line that clients show. */
const PADDING = '&#8199;&#847;&zwnj;&nbsp;'.repeat(40);
const HIDDEN =
  'display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;';
const WIDTH = 560;

/** Inherited: the one breaks a word that does not fit, the other also lets a column be narrower than its longest word. */
const WRAPS = 'word-wrap:break-word;word-break:break-word;';

export const body: Definition = {
  attributes: { 'background-color': 'page', padding: '32px 12px' },
  render(piece) {
    const page = piece.pair('background-color');
    const fill = tint('background-color', page);
    return (
      `<body bgcolor="${page[0]}" style="margin:0;padding:0;width:100%;${fill}">\n` +
      `<span style="${HIDDEN}mso-hide:all;">${piece.preview()}${PADDING}</span>\n` +
      `<table ${TABLE} width="100%" bgcolor="${page[0]}" style="width:100%;${fill}">` +
      `<tr><td align="center" valign="top" style="padding:${piece.get('padding')};font-family:${SANS};${WRAPS}">\n` +
      `${piece.children()}\n</td></tr></table>\n</body>`
    );
  },
};

/**
 * The logo over the shop's name as live text. The picture's cell has no mso-line-height-rule, by which Word would crop
 * it; its size also stands in the style, since Apple Mail ignores the width of attached pictures.
 */
export const masthead: Definition = {
  ending: true,
  attributes: { alt: '' },
  render(piece) {
    const { width, height } = piece.logo;
    const logo =
      `<img src="cid:${LOGO_CID}" width="${width}" height="${height}" alt="${piece.get('alt')}" ` +
      `style="display:block;width:${width}px;height:${height}px;border:0;">`;
    const name =
      `font-family:${SANS};font-size:17px;line-height:24px;mso-line-height-rule:exactly;font-weight:700;` +
      tint('color', piece.palette.accent);
    // The picture has a table of its own: a block is centred by its table in every client, by text-align in few.
    return `${centred(
      WIDTH,
      '',
      '',
      `\n<tr><td align="center" valign="top" style="padding:0;"><table ${TABLE} align="center"><tr><td style="padding:0;">${logo}</td></tr></table></td></tr>\n` +
        `<tr><td align="center" valign="top" style="padding:8px 20px 20px;${name}">${piece.content()}</td></tr>\n`,
    )}\n`;
  },
};

export const section: Definition = {
  attributes: { padding: '0' },
  render(piece) {
    const { card, line } = piece.palette;
    return `${centred(
      WIDTH,
      ` bgcolor="${card[0]}"`,
      `border-collapse:separate;${tint('background-color', card)}border:1px solid ${line[0]};${tint('border-color', line)}border-radius:14px;`,
      `<tr><td align="center" valign="top" style="padding:${piece.get('padding')};">\n${piece.children()}\n</td></tr>`,
    )}\n`;
  },
};

export const column: Definition = {
  attributes: {},
  render: (piece) =>
    `<table ${TABLE} width="100%" style="width:100%;border-collapse:collapse;">\n${piece.children()}</table>`,
};

/** The small print under the card. */
export const foot: Definition = {
  ending: true,
  attributes: {},
  render: (piece) =>
    `${centred(
      WIDTH,
      '',
      '',
      `<tr><td align="center" valign="top" style="padding:20px 20px 0;font-family:${SANS};font-size:13px;line-height:20px;` +
        `mso-line-height-rule:exactly;${tint('color', piece.palette.soft)}">${piece.content()}</td></tr>`,
    )}\n`,
};

/** A block that server/mail/fill.ts repeats once per item; the markers never reach a mail. */
export const each: Definition = {
  attributes: { name: '' },
  render: (piece) => `<!--each ${piece.get('name')}-->\n${piece.children()}<!--end ${piece.get('name')}-->\n`,
};
