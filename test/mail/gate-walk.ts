import { Parser } from 'htmlparser2';
import type { Finding } from './gate-fault.ts';

export interface MailElement {
  tag: string;
  attributes: Readonly<Record<string, string>>;
  parent: MailElement | null;
  children: MailElement[];
  /** All text inside, decoded. */
  text: string;
  /** True when nothing but white space stands before it in its parent. */
  isFirst: boolean;
}

/** What mail clients drop, block or rewrite. */
const FORBIDDEN = [
  ...['div', 'style', 'link', 'script', 'iframe', 'form', 'input', 'button', 'object', 'embed', 'base'],
  ...['svg', 'video', 'audio', 'canvas', 'template', 'center'],
];
const FORBIDDEN_ATTRIBUTES = ['class', 'id', 'target', 'background'];
const VOID = ['meta', 'img', 'br', 'hr', 'o:allowpng'];
/** Nothing else may stand directly in these, and these nowhere else. */
const ONLY_CHILD: Readonly<Record<string, string>> = { table: 'tr', tr: 'td' };
const ONLY_PARENTS: Readonly<Record<string, readonly string[]>> = {
  table: ['body', 'td'],
  tr: ['table'],
  td: ['tr'],
};

/** Reads one view tag by tag; what a browser would mend silently is a fault. */
export function walk(html: string): { elements: MailElement[]; faults: Finding[] } {
  const faults: Finding[] = [];
  const fault = (rule: Finding['rule'], what: string) => faults.push({ rule, what });
  const elements: MailElement[] = [];
  const open: MailElement[] = [];
  const closedAt = new Set<number>();
  const parser = new Parser(
    {
      onopentag(tag, attributes, isImplied) {
        const parent = open.at(-1) ?? null;
        const inside = parent?.tag ?? 'nothing';
        if (isImplied) fault('closing', `a </${tag}> that closes nothing`);
        if (FORBIDDEN.includes(tag)) fault('element', `<${tag}>`);
        for (const name of Object.keys(attributes))
          if (FORBIDDEN_ATTRIBUTES.includes(name) || name.startsWith('on'))
            fault('attribute', `<${tag} ${name}>`);
        if ((ONLY_CHILD[inside] ?? tag) !== tag || !(ONLY_PARENTS[tag] ?? [inside]).includes(inside))
          fault('nesting', `<${tag}> inside <${inside}>`);
        const isFirst = !parent || (parent.children.length === 0 && parent.text.trim() === '');
        const element = { tag, attributes, parent, children: [], text: '', isFirst };
        parent?.children.push(element);
        elements.push(element);
        if (!VOID.includes(tag)) open.push(element);
      },
      ontext(text) {
        const inside = open.at(-1)?.tag ?? 'nothing';
        if ((inside === 'nothing' || ONLY_CHILD[inside] || inside === 'html') && text.trim() !== '')
          fault('nesting', `"${text.trim().slice(0, 40)}" inside <${inside}>`);
        for (const element of open) element.text += text;
      },
      onclosetag(tag, isImplied) {
        if (VOID.includes(tag)) return;
        if (isImplied) fault('closing', `<${tag}> is not closed`);
        else closedAt.add(parser.startIndex);
        open.pop();
      },
    },
    { recognizeSelfClosing: true },
  );
  parser.end(html);
  // The parser passes over a closing tag that has no opening one.
  for (const { 0: text, index } of html.matchAll(/<\/[a-z][^>]*>/gi))
    if (!closedAt.has(index)) fault('closing', `a ${text} that closes nothing`);
  return { elements, faults };
}
