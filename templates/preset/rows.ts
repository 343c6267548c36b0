import { tint } from './palette.ts';
import { centred, font, MONO, row, SANS, TABLE } from './table.ts';
import type { Definition } from './table.ts';

// The rows of a card. Each renders exactly one <tr>, so that a repeated row stays a valid table.

export const text: Definition = {
  ending: true,
  attributes: {
    align: 'left',
    padding: '0 40px',
    color: 'text',
    'font-size': '16px',
    'line-height': '24px',
    'font-weight': '400',
    as: '',
  },
  render(piece) {
    const style = font(piece, piece.pair('color'));
    const tag = piece.get('as');
    if (!tag) return `${row(piece, style, piece.content())}\n`;
    return `${row(piece, '', `<${tag} style="margin:0;padding:0;${style}">${piece.content()}</${tag}>`)}\n`;
  },
};

export const button: Definition = {
  ending: true,
  attributes: { href: '', align: 'center', padding: '0 40px' },
  render(piece) {
    const { button: fill, buttonText } = piece.palette;
    const cell =
      `<table ${TABLE} align="${piece.get('align')}" style="border-collapse:separate;"><tr>` +
      `<td align="center" valign="middle" bgcolor="${fill[0]}" style="padding:13px 28px;${tint('background-color', fill)}border-radius:8px;">` +
      `<a href="${piece.get('href')}" style="font-family:${SANS};font-size:16px;line-height:22px;font-weight:600;${tint('color', buttonText)}text-decoration:none;">${piece.content()}</a>` +
      '</td></tr></table>';
    return `${row(piece, '', cell)}\n`;
  },
};

export const divider: Definition = {
  attributes: { padding: '0 40px' },
  render(piece) {
    const { line } = piece.palette;
    const rule =
      `<table ${TABLE} width="100%" style="width:100%;"><tr>` +
      `<td height="1" bgcolor="${line[0]}" style="height:1px;font-size:1px;line-height:1px;${tint('background-color', line)}">&nbsp;</td></tr></table>`;
    return `${row(piece, '', rule)}\n`;
  },
};

/** A name on the left and a number on the right. */
export const fact: Definition = {
  ending: true,
  attributes: {
    value: '',
    padding: '0 40px',
    color: 'text',
    'font-size': '15px',
    'line-height': '22px',
    'font-weight': '400',
  },
  render(piece) {
    const style = font(piece, piece.pair('color'));
    const cells =
      `<table ${TABLE} width="100%" style="width:100%;"><tr>` +
      `<td align="left" valign="top" style="padding:0 16px 0 0;${style}">${piece.content()}</td>` +
      `<td align="right" valign="top" style="padding:0;white-space:nowrap;${style}">${piece.get('value')}</td></tr></table>`;
    return `${row(piece, '', cells)}\n`;
  },
};

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
