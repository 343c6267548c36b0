import { parseDocument } from 'htmlparser2';
import { colourAttributeFaults, imageFaults, linkFaults, tableFaults } from './gate-elements.ts';
import { headFaults } from './gate-head.ts';
import { logoFaults } from './gate-logo.ts';
import { styleFaults } from './gate-style.ts';
import { conditionalFaults, viewsOf } from './gate-views.ts';
import { walk } from './gate-walk.ts';
import type { RenderedMail } from '../../server/mail/render.ts';
import type { Fault, Finding, View } from './gate-fault.ts';

/** Gmail cuts a longer mail off, and its end with it. */
const MAX_BYTES = 102 * 1024;
const ELEMENT_RULES = [tableFaults, imageFaults, linkFaults, colourAttributeFaults, styleFaults];

/** Holds a compiled or filled mail to the rules of gate-fault.ts; answers what is wrong. */
export function gate(html: string, { filled }: { filled: boolean }): Fault[] {
  const faults: Fault[] = [...conditionalFaults(html)];
  const bytes = Buffer.byteLength(html);
  if (bytes >= MAX_BYTES) faults.push({ rule: 'size', what: `${bytes} bytes, ${MAX_BYTES} or more` });
  if (filled) faults.push(...placeholderFaults(html));
  const views = viewsOf(html);
  for (const view of ['word', 'other'] as const) faults.push(...viewFaults(view, views[view]));
  return faults;
}

/** A whole mail: its HTML, and the pictures that come with it. */
export function gateMail({ html, inline }: RenderedMail): Fault[] {
  const faults: Fault[] = gate(html, { filled: true });
  const shown = [...new Set([...html.matchAll(/src="cid:([^"]*)"/g)].map(([, cid = '']) => cid))].sort();
  const brought = inline.map(({ cid }) => cid).sort();
  if (shown.join() !== brought.join())
    faults.push({
      rule: 'cid',
      what: `the HTML shows "${shown.join()}", the mail brings "${brought.join()}"`,
    });
  for (const { content } of inline) faults.push(...logoFaults(content));
  return faults;
}

/** A value that brings braces of its own is named too; the test that fills one in knows why. */
function placeholderFaults(html: string): Finding[] {
  return [...html.matchAll(/\{\{|\}\}|<!--\s*(each|end)\b/g)].map(({ 0: rest, index }) => ({
    rule: 'placeholder',
    what: `${html.slice(index, index + 30)} (${rest})`,
  }));
}

function viewFaults(view: View, html: string): Fault[] {
  const { elements, faults } = walk(html);
  const found = [
    ...faults,
    ...headFaults(html, elements),
    ...elements.flatMap((element) => ELEMENT_RULES.flatMap((rule) => rule(element))),
  ];
  return found.map((fault) => ({ ...fault, view }));
}

/** Every text node, decoded. */
export function textNodes(html: string): string[] {
  const found: string[] = [];
  const visit = (nodes: ReturnType<typeof parseDocument>['children']): void => {
    for (const node of nodes) {
      if (node.type === 'text') found.push(node.data);
      else if ('children' in node) visit(node.children);
    }
  };
  visit(parseDocument(html).children);
  return found;
}
