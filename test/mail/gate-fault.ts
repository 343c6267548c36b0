/** What the gate may name, in the order of docs: first of the file, then of its tags, then of its CSS, then of its pictures. */
export const RULES = [
  'size',
  'conditional',
  'placeholder',
  'document',
  'lang',
  'title',
  'color-scheme',
  'preheader',
  'element',
  'attribute',
  'nesting',
  'closing',
  'table',
  'image',
  'link',
  'css',
  'property',
  'function',
  'important',
  'margin',
  'colour',
  'light-dark',
  'bgcolor',
  'cid',
  'logo',
] as const;
export type Rule = (typeof RULES)[number];

/** `word`: with the conditional comments opened, as Outlook on Windows reads it; `other`: without them. */
export type View = 'word' | 'other';

export interface Fault {
  rule: Rule;
  /** Absent where both are meant. */
  view?: View;
  what: string;
}

/** What one view's rules find. */
export type Finding = Omit<Fault, 'view'>;
