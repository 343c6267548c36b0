import { BodyComponent } from 'mjml-core';
import { isColourName, tint } from './palette.ts';
import type { Pair, Palette } from './palette.ts';

/** What every layout table carries: screen readers skip it, Word adds no gaps. */
export const TABLE = 'role="presentation" border="0" cellpadding="0" cellspacing="0"';
export const SANS = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
/** Consolas and Menlo slash the zero; Courier New only narrows it. */
export const MONO = "Consolas,Menlo,'Courier New',Courier,monospace";

/** Markup that Word (Outlook on Windows) alone reads: it ignores max-width, so widths come from ghost tables. */
const word = (markup: string): string => `<!--[if mso]>${markup}<![endif]-->`;

/** Centres `inner` at most `width` pixels wide, in Word and everywhere else. */
export function centred(width: number, attributes: string, style: string, inner: string): string {
  return (
    word(`<table ${TABLE} align="center" width="${width}"><tr><td width="${width}">`) +
    `<table ${TABLE} align="center" width="100%"${attributes} style="width:100%;max-width:${width}px;${style}">${inner}</table>` +
    word('</td></tr></table>')
  );
}

/** What brand.json gives to the components. */
export interface Design {
  palette: Palette;
  /** CSS pixels. */
  logo: { width: number; height: number };
}

/** What a component's render sees of itself. */
export interface Piece extends Design {
  /** The attribute's text; '' when it was not given and has no default. */
  get(name: string): string;
  /** The palette colour that an attribute names. */
  pair(name: string): Pair;
  content(): string;
  children(): string;
  /** The hidden first line that inboxes show beside the subject (mj-preview). */
  preview(): string;
}

export interface Definition {
  /** The attributes allowed, with their defaults; strict validation refuses all others. */
  attributes: Readonly<Record<string, string>>;
  /** True for a tag that holds text or HTML, not other tags. */
  ending?: boolean;
  render(piece: Piece): string;
}

/** Makes an MJML component out of a definition. MJML wants a class with static fields: this is the only one. */
export function component(design: Design, componentName: string, definition: Definition) {
  return class extends BodyComponent {
    static componentName = componentName;
    static endingTag = definition.ending ?? false;
    static allowedAttributes = Object.fromEntries(
      Object.keys(definition.attributes).map((n) => [n, 'string']),
    );
    static override defaultAttributes = { ...definition.attributes };

    override render(): string {
      const get = (name: string): string => {
        const value: unknown = this.getAttribute(name);
        return typeof value === 'string' ? value : '';
      };
      return definition.render({
        ...design,
        get,
        pair(name) {
          const colour = get(name);
          if (!isColourName(colour))
            throw new Error(`<${componentName} ${name}="${colour}">: brand.json has no such colour`);
          return design.palette[colour];
        },
        content: () => String(this.getContent()),
        children: () => this.renderChildren(),
        preview: () => String(this.context.globalData.preview ?? ''),
      });
    }
  };
}

/** One row: padding sits on the cell, since Word ignores it on tables and links. */
export function row(piece: Piece, style: string, inner: string): string {
  return `<tr><td align="${piece.get('align') || 'left'}" valign="top" style="padding:${piece.get('padding') || '0'};${style}">${inner}</td></tr>`;
}

export function font(piece: Piece, colour: Pair): string {
  return (
    `font-family:${SANS};font-size:${piece.get('font-size')};line-height:${piece.get('line-height')};` +
    `mso-line-height-rule:exactly;font-weight:${piece.get('font-weight')};${tint('color', colour)}`
  );
}
