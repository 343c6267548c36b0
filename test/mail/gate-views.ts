import type { Finding, View } from './gate-fault.ts';

/** The mail as each kind of client reads it. A client that is not Word skips comments, whatever is in them. */
export function viewsOf(html: string): Record<View, string> {
  return {
    word: withoutComments(
      html
        .replace(/<!--\[if !mso\]><!-->[\s\S]*?<!--<!\[endif\]-->/g, '')
        .replace(/<!--\[if mso\]>([\s\S]*?)<!\[endif\]-->/g, '$1'),
    ),
    other: withoutComments(html),
  };
}

function withoutComments(html: string): string {
  return html.replace(/<!--[\s\S]*?-->/g, '');
}

const MARKS = /<!--\[if ([^\]]*)\]>(<!-->)?|(<!--)?<!\[endif\]-->/g;

/**
 * Conditional comments open and close in turns, are for Word or for all but Word (of others we could not tell who reads
 * them), and hold no `-->` that would end them early.
 */
export function conditionalFaults(html: string): Finding[] {
  const faults: Finding[] = [];
  const fault = (what: string) => faults.push({ rule: 'conditional', what });
  const [ifs, ends] = [/<!(--)?\[if/g, /<!\[endif\]/g].map((mark) => html.match(mark)?.length ?? 0);
  if (ifs !== ends) fault(`${ifs} [if and ${ends} [endif]`);
  let open: { mark: string; hides: boolean; end: number } | undefined;
  for (const mark of html.matchAll(MARKS)) {
    const [text, condition, shown, shownEnd] = mark;
    if (condition !== undefined) {
      if (open) fault(`${text} inside ${open.mark}`);
      if (condition !== (shown ? '!mso' : 'mso')) fault(`${text} is neither for Word nor for all but Word`);
      open = { mark: text, hides: !shown, end: mark.index + text.length };
      continue;
    }
    if (!open) fault(`${text} closes nothing`);
    else if (open.hides === Boolean(shownEnd)) fault(`${open.mark} ends with ${text}`);
    else if (open.hides && html.slice(open.end, mark.index).includes('--')) fault(`-- inside ${open.mark}`);
    open = undefined;
  }
  if (open) fault(`${open.mark} is not closed`);
  // What is left of a mark in a view was no mark to us, but may be one to Word.
  for (const view of Object.values(viewsOf(html)))
    for (const [rest] of view.matchAll(/<!\[[^>]*>|\[endif\]|-->/g)) fault(`${rest} is left in a view`);
  return faults;
}
