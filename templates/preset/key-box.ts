import { tint } from './palette.ts';
import { centred, MONO, row, SANS } from './table.ts';
import type { Definition } from './table.ts';

// The box that holds the keys of one product, and its rows.

/** The box around one product's keys: centred, at most 420 px; the fixed table makes a long key wrap, not scroll. */
export const box: Definition = {
  attributes: { padding: '0 20px' },
  render(piece) {
    const { keyFill, keyLine } = piece.palette;
    const frame = centred(
      420,
      ` bgcolor="${keyFill[0]}"`,
      `table-layout:fixed;border-collapse:separate;${tint('background-color', keyFill)}border:2px solid ${keyLine[0]};${tint('border-color', keyLine)}border-radius:10px;`,
      `\n${piece.children()}`,
    );
    return `<tr><td align="center" valign="top" style="padding:${piece.get('padding')};">${frame}</td></tr>\n`;
  },
};

const SMALL = 'font-size:12px;line-height:18px;mso-line-height-rule:exactly;';

/** What stands over the keys in a box. */
export const label: Definition = {
  ending: true,
  attributes: { padding: '14px 16px 12px', align: 'center' },
  render: (piece) =>
    `${row(piece, `font-family:${SANS};${SMALL}font-weight:600;letter-spacing:1px;${tint('color', piece.palette.accent)}`, piece.content())}\n`,
};

/**
 * One key. It is ONE text node (no wbr, no spans), so that copying it is exact; `pre-wrap` keeps inner spaces. The
 * cell is written small: an order may hold 50 keys, and Gmail cuts a mail at 102 KB.
 */
export const key: Definition = {
  ending: true,
  attributes: { padding: '12px 10px' },
  render(piece) {
    const { keyRule, keyText } = piece.palette;
    return `<tr><td align="center" style="padding:${piece.get('padding')};border-top:1px solid ${keyRule[0]};${tint('border-top-color', keyRule)}font-family:${MONO};font-size:22px;line-height:32px;font-weight:700;letter-spacing:1px;white-space:pre-wrap;word-wrap:break-word;${tint('color', keyText)}">${piece.content()}</td></tr>\n`;
  },
};

/** The small monospace line under the keys. */
export const hint: Definition = {
  ending: true,
  attributes: { padding: '0 16px 14px', align: 'center' },
  render: (piece) =>
    `${row(piece, `font-family:${MONO};${SMALL}${tint('color', piece.palette.soft)}`, piece.content())}\n`,
};
