import { tint } from './palette.ts';
import { font, row, SANS, TABLE } from './table.ts';
import type { Pair } from './palette.ts';
import type { Definition, Piece } from './table.ts';

// What an admin reads at a glance: a name with its figure, an order with its link, and large figures side by side.

/** A name on the left and a figure on the right; with a `tone` (good, warn, danger) the figure stands in a badge. */
export const fact: Definition = {
  ending: true,
  attributes: {
    value: '',
    tone: '',
    padding: '0 32px',
    color: 'text',
    'font-size': '15px',
    'line-height': '22px',
    'font-weight': '400',
  },
  render(piece) {
    const style = font(piece, piece.pair('color'));
    const value = piece.get('tone') ? badge(piece) : piece.get('value');
    const cells =
      `<table ${TABLE} width="100%" style="width:100%;"><tr>` +
      `<td align="left" valign="top" style="padding:0 16px 0 0;${style}">${piece.content()}</td>` +
      `<td align="right" valign="top" style="padding:0;white-space:nowrap;${style}">${value}</td></tr></table>`;
    return `${row(piece, '', cells)}\n`;
  },
};

function badge(piece: Piece): string {
  const { palette } = piece;
  const tones: Readonly<Record<string, readonly [Pair, Pair]>> = {
    good: [palette.good, palette.goodFill],
    warn: [palette.warn, palette.warnFill],
    danger: [palette.danger, palette.dangerFill],
  };
  const [colour, fill] = tones[piece.get('tone')] ?? [];
  if (!colour || !fill) throw new Error(`tone="${piece.get('tone')}": want good, warn or danger`);
  return (
    `<table ${TABLE} align="right" style="border-collapse:separate;"><tr>` +
    `<td align="center" valign="middle" bgcolor="${fill[0]}" style="padding:1px 10px;${tint('background-color', fill)}border-radius:11px;` +
    `font-family:${SANS};font-size:13px;line-height:20px;mso-line-height-rule:exactly;font-weight:600;white-space:nowrap;${tint('color', colour)}">${piece.get('value')}</td></tr></table>`
  );
}

/** What is said of an order, and to the right of it, when there is a `link` block, where it is looked at: a screen reader hears which. */
export const order: Definition = {
  ending: true,
  attributes: {
    href: '',
    padding: '0 32px',
    color: 'text',
    'font-size': '15px',
    'line-height': '22px',
    'font-weight': '400',
  },
  render(piece) {
    const style = font(piece, piece.pair('color'));
    const link = font(piece, piece.palette.accent);
    const cells =
      `<table ${TABLE} width="100%" style="width:100%;"><tr>` +
      `<td align="left" valign="top" style="padding:0;${style}">${piece.content()}</td>` +
      `<!--each link--><td align="right" valign="top" style="padding:0 0 0 16px;white-space:nowrap;${link}">` +
      `<a href="${piece.get('href')}" aria-label="Open {{linked}}" style="${tint('color', piece.palette.accent)}text-decoration:underline;">Open</a></td><!--end link-->` +
      '</tr></table>';
    return `${row(piece, '', cells)}\n`;
  },
};

/** Large figures side by side: three fit into the narrowest phone. */
export const tiles: Definition = {
  attributes: { padding: '0 24px' },
  render: (piece) =>
    `${row(piece, '', `<table ${TABLE} width="100%" style="width:100%;table-layout:fixed;border-collapse:separate;"><tr>\n${piece.children()}</tr></table>`)}\n`,
};

export const tile: Definition = {
  ending: true,
  attributes: { value: '' },
  render({ palette, get, content }) {
    const figure = `font-size:28px;line-height:36px;mso-line-height-rule:exactly;font-weight:700;${tint('color', palette.text)}`;
    const name = `font-size:13px;line-height:18px;mso-line-height-rule:exactly;${tint('color', palette.soft)}`;
    return (
      `<td align="center" valign="top" width="33%" style="padding:0 8px;"><table ${TABLE} width="100%" style="width:100%;">` +
      `<tr><td align="center" style="font-family:${SANS};${figure}">${get('value')}</td></tr>` +
      `<tr><td align="center" style="font-family:${SANS};${name}">${content()}</td></tr></table></td>\n`
    );
  },
};
