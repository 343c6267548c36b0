import { tint } from './palette.ts';
import { centred, SANS, TABLE } from './table.ts';
import type { Definition } from './table.ts';

// The outer pieces: page, card, and the table inside a card.

/** Pushes the start of the mail out of the inbox preview; 40 pairs fill the longest line that clients show. */
const PADDING = '&#8199;&#847;&zwnj;&nbsp;'.repeat(40);
const HIDDEN =
  'display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;';

export const body: Definition = {
  attributes: { 'background-color': 'page', padding: '32px 12px' },
  render(piece) {
    const page = piece.pair('background-color');
    const fill = tint('background-color', page);
    return (
      `<body bgcolor="${page[0]}" style="margin:0;padding:0;width:100%;${fill}">\n` +
      `<span style="${HIDDEN}mso-hide:all;">${piece.preview()}${PADDING}</span>\n` +
      `<table ${TABLE} width="100%" bgcolor="${page[0]}" style="width:100%;${fill}">` +
      `<tr><td align="center" valign="top" style="padding:${piece.get('padding')};font-family:${SANS};">\n` +
      `${piece.children()}\n</td></tr></table>\n</body>`
    );
  },
};

export const section: Definition = {
  attributes: { width: '560', padding: '0', card: 'yes' },
  render(piece) {
    const { card, line } = piece.palette;
    const isCard = piece.get('card') === 'yes';
    const fill = isCard ? tint('background-color', card) : '';
    const edge = isCard ? `border:1px solid ${line[0]};${tint('border-color', line)}border-radius:14px;` : '';
    const cell = `<tr><td align="center" valign="top" style="padding:${piece.get('padding')};">\n${piece.children()}\n</td></tr>`;
    return `${centred(
      Number(piece.get('width')),
      isCard ? ` bgcolor="${card[0]}"` : '',
      `border-collapse:separate;${fill}${edge}`,
      cell,
    )}\n`;
  },
};

export const column: Definition = {
  attributes: {},
  render: (piece) =>
    `<table ${TABLE} width="100%" style="width:100%;border-collapse:collapse;">\n${piece.children()}</table>`,
};

/** A block that server/mail/fill.ts repeats once per item; the markers never reach a mail. */
export const each: Definition = {
  attributes: { name: '' },
  render: (piece) => `<!--each ${piece.get('name')}-->\n${piece.children()}<!--end ${piece.get('name')}-->\n`,
};
