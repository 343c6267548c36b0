import { tint } from './palette.ts';
import { font, MONO, row, SANS, TABLE } from './table.ts';
import type { Definition, Piece } from './table.ts';

// The rows of a card. Each renders exactly one <tr>, so that a repeated row stays a valid table.

export const text: Definition = {
  ending: true,
  attributes: {
    align: 'left',
    padding: '0 32px',
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
  attributes: { href: '', align: 'center', padding: '0 32px' },
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
  attributes: { padding: '0 32px' },
  render(piece) {
    const { line } = piece.palette;
    const rule =
      `<table ${TABLE} width="100%" style="width:100%;"><tr>` +
      `<td height="1" bgcolor="${line[0]}" style="height:1px;font-size:1px;line-height:1px;${tint('background-color', line)}">&nbsp;</td></tr></table>`;
    return `${row(piece, '', rule)}\n`;
  },
};

/** Lines of one paragraph, repeated as `lines`: a row each would cost 300 bytes, and a text may have hundreds. */
export const lines: Definition = {
  ending: true,
  attributes: { ...text.attributes, color: 'soft', 'font-size': '15px', 'line-height': '22px' },
  render: (piece) =>
    `${row(piece, font(piece, piece.pair('color')), `<!--each lines-->${piece.content()}<br><!--end lines-->`)}\n`,
};

/** A quiet panel for what should be noticed and needs no deed. */
export const note: Definition = {
  ending: true,
  attributes: { ...text.attributes, align: 'center', 'font-size': '15px', 'line-height': '22px' },
  render: (piece) => panel(piece, '12px 16px', font(piece, piece.pair('color'))),
};

/** A command to be typed: monospace in a panel; the fixed table makes a long one wrap, not scroll. */
export const command: Definition = {
  ending: true,
  attributes: { padding: '0 32px', color: 'text' },
  render: (piece) =>
    panel(
      piece,
      '8px 12px',
      `font-family:${MONO};font-size:13px;line-height:20px;mso-line-height-rule:exactly;word-wrap:break-word;${tint('color', piece.pair('color'))}`,
    ),
};

function panel(piece: Piece, padding: string, style: string): string {
  const { panel: fill } = piece.palette;
  const table =
    `<table ${TABLE} width="100%" style="width:100%;table-layout:fixed;border-collapse:separate;"><tr>` +
    `<td align="${piece.get('align') || 'left'}" valign="top" bgcolor="${fill[0]}" style="padding:${padding};${tint('background-color', fill)}border-radius:8px;${style}">${piece.content()}</td></tr></table>`;
  return `${row(piece, '', table)}\n`;
}
