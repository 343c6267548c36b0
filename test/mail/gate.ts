import { Parser, parseDocument } from 'htmlparser2';

/** Where a table piece may stand; anything else directly inside `table` or `tr` is a fault. */
const PARENTS: Readonly<Record<string, string>> = { tr: 'table', td: 'tr' };
const FORBIDDEN = ['div', 'style', 'link', 'script', 'iframe', 'form'];
const VOID = ['meta', 'img', 'br', 'hr', 'o:allowpng'];
const MAX_BYTES = 102 * 1024;

/** What Word reads: the conditional comments opened. */
const wordView = (html: string) => html.replace(/<!--\[if mso\]>([\s\S]*?)<!\[endif\]-->/g, '$1');
const otherView = (html: string) => html.replace(/<!--\[if mso\]>[\s\S]*?<!\[endif\]-->/g, '');

/** A first gate over compiled and filled mails, in both views; answers what is wrong, in words. */
export function gate(html: string, options: { filled: boolean }): string[] {
  const faults: string[] = [];
  if (Buffer.byteLength(html) >= MAX_BYTES) faults.push('102 KB or more');
  if ((html.match(/<!--\[if/g) ?? []).length !== (html.match(/<!\[endif\]-->/g) ?? []).length)
    faults.push('conditional comments are not balanced');
  if (options.filled && /\{\{|\}\}|<!--(each|end) /.test(html)) faults.push('a placeholder is left');
  for (const [name, view] of Object.entries({ word: wordView(html), other: otherView(html) }))
    for (const fault of walk(view)) faults.push(`${name}: ${fault}`);
  return faults;
}

function walk(html: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  const parser = new Parser({
    onopentag(tag, attributes) {
      const parent = open.at(-1) ?? '';
      if (FORBIDDEN.includes(tag)) faults.push(`<${tag}>`);
      if (PARENTS[tag] && parent !== PARENTS[tag]) faults.push(`<${tag}> inside <${parent}>`);
      if (['table', 'tr'].includes(parent) && PARENTS[tag] !== parent)
        faults.push(`<${tag}> inside <${parent}>`);
      for (const name of Object.keys(attributes))
        if (['class', 'id', 'target'].includes(name) || name.startsWith('on'))
          faults.push(`<${tag} ${name}>`);
      if (tag === 'table')
        for (const [name, value] of Object.entries({
          role: 'presentation',
          border: '0',
          cellpadding: '0',
          cellspacing: '0',
        }))
          if (attributes[name] !== value) faults.push(`<table> without ${name}="${value}"`);
      faults.push(...styleFaults(tag, attributes));
      if (!VOID.includes(tag)) open.push(tag);
    },
    ontext(text) {
      if (['table', 'tr'].includes(open.at(-1) ?? '') && text.trim() !== '')
        faults.push(`text inside <${open.at(-1)}>`);
    },
    onclosetag(tag, implied) {
      if (VOID.includes(tag)) return;
      if (implied || open.pop() !== tag) faults.push(`<${tag}> is not closed`);
    },
  });
  parser.end(html);
  return faults;
}

function styleFaults(tag: string, { style = '', bgcolor }: Record<string, string>): string[] {
  const faults: string[] = [];
  if (/\b(float|position|flex|grid|background-image)\b|url\(|var\(|calc\(|!important/.test(style))
    faults.push(`<${tag}> style: ${style}`);
  if (/^(table|td)$/.test(tag) && /(^|;)margin/.test(style)) faults.push(`margin on <${tag}>`);
  const declarations = style.split(';').filter((declaration) => declaration.includes(':'));
  declarations.forEach((declaration, at) => {
    const property = declaration.split(':')[0];
    const isPlainFirst = declarations.slice(0, at).some((earlier) => earlier.split(':')[0] === property);
    if (declaration.includes('light-dark(') && !isPlainFirst)
      faults.push(`${property}: light-dark() comes first`);
    if (property === 'background-color' && !bgcolor) faults.push(`<${tag}> has a background but no bgcolor`);
  });
  return faults;
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
