import { readStyle } from './gate-style.ts';
import type { Finding } from './gate-fault.ts';
import type { MailElement } from './gate-walk.ts';

const TABLE = { role: 'presentation', border: '0', cellpadding: '0', cellspacing: '0' };
/** A placeholder is filled by server/mail/fill.ts, which takes https only. */
const LINK = /^(https:\/\/|mailto:|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]|\{\{)/;

export function tableFaults({ tag, attributes }: MailElement): Finding[] {
  if (tag !== 'table') return [];
  return Object.entries(TABLE)
    .filter(([name, value]) => attributes[name] !== value)
    .map(([name, value]) => ({ rule: 'table', what: `<table> without ${name}="${value}"` }));
}

/** The size stands in the style too: Apple Mail on macOS takes no notice of the width of an attached picture. */
export function imageFaults({ tag, attributes }: MailElement): Finding[] {
  if (tag !== 'img') return [];
  const { src = '', alt, style = '' } = attributes;
  const lacks: string[] = [];
  if (!/^(cid:|https:\/\/)./.test(src))
    lacks.push(`a source by cid: or https: (it has "${src.slice(0, 40)}")`);
  if (alt === undefined) lacks.push('alt');
  const styled = new Map(readStyle(style).declarations.map(({ property, text }) => [property, text]));
  if (styled.get('display') !== 'block') lacks.push('display:block');
  for (const side of ['width', 'height']) {
    const size = attributes[side] ?? '';
    if (!/^[1-9]\d*$/.test(size)) lacks.push(`a ${side} in pixels`);
    if (styled.get(side) !== `${size}px`) lacks.push(`the same ${side} in its style`);
  }
  return lacks.map((lack) => ({ rule: 'image', what: `<img> without ${lack}` }));
}

export function linkFaults({ tag, attributes }: MailElement): Finding[] {
  if (tag !== 'a' || LINK.test(attributes['href'] ?? '')) return [];
  return [{ rule: 'link', what: `<a> to "${(attributes['href'] ?? '').slice(0, 40)}"` }];
}

export function colourAttributeFaults({ tag, attributes }: MailElement): Finding[] {
  return ['bgcolor', 'color', 'text', 'link', 'vlink', 'alink']
    .filter((name) => !/^#[0-9a-f]{6}$/i.test(attributes[name] ?? '#000000'))
    .map((name) => ({ rule: 'colour', what: `<${tag} ${name}="${attributes[name]}">` }));
}
