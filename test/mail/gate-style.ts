import { generate, lexer, parse, walk } from 'css-tree';
import type { CssNode, Declaration } from 'css-tree';
import type { Finding, Rule } from './gate-fault.ts';
import type { MailElement } from './gate-walk.ts';

interface StyleDeclaration {
  property: string;
  /** The value, as css-tree writes it. */
  text: string;
  /** The value when it is one hex colour of six digits, else undefined. */
  hex: string | undefined;
}

interface Style {
  declarations: readonly StyleDeclaration[];
  faults: readonly Finding[];
}

const read = new Map<string, Style>();

/** A style attribute with what is wrong in it whatever it stands on; the same text is read once. */
export function readStyle(style: string): Style {
  const known = read.get(style) ?? parseStyle(style);
  read.set(style, known);
  return known;
}

/** What is wrong with a style where it stands. */
export function styleFaults({ tag, attributes }: MailElement): Finding[] {
  const { declarations, faults } = readStyle(attributes['style'] ?? '');
  const own: Finding[] = [];
  for (const { property, hex } of declarations) {
    if (/^(table|td)$/.test(tag) && /^margin(-|$)/.test(property))
      own.push({ rule: 'margin', what: `<${tag}> with ${property}` });
    if (property === 'background-color' && hex && attributes['bgcolor']?.toLowerCase() !== hex)
      own.push({ rule: 'bgcolor', what: `<${tag}> without bgcolor="${hex}"` });
  }
  return [...faults.map(({ rule, what }) => ({ rule, what: `<${tag}> ${what}` })), ...own];
}

function parseStyle(style: string): Style {
  const faults: Finding[] = [];
  const fault = (rule: Rule, what: string) => void faults.push({ rule, what });
  const list = parse(style, {
    context: 'declarationList',
    onParseError: (error) => fault('css', `${error.message}: ${style}`),
  });
  const declarations: StyleDeclaration[] = [];
  walk(list, {
    visit: 'Declaration',
    enter(declaration) {
      const property = declaration.property.toLowerCase();
      const text = generate(declaration.value);
      const hex = /^#[0-9a-f]{6}$/i.test(text) ? text.toLowerCase() : undefined;
      for (const [rule, what] of declarationFaults(declaration, text)) fault(rule, what);
      if (text.includes('light-dark(')) {
        const [, light] = /^light-dark\((#[0-9a-f]{6}),#[0-9a-f]{6}\)$/i.exec(text) ?? [];
        const plain = declarations.at(-1);
        if (!light) fault('light-dark', `${property}:${text} is not of two hex colours`);
        else if (plain?.property !== property || plain.hex !== light.toLowerCase())
          fault('light-dark', `${property}:${text} not after ${property}:${light}`);
      } else if (property === 'background-color' && !hex) fault('bgcolor', `${property}:${text} is no hex`);
      declarations.push({ property, text, hex });
    },
  });
  return { declarations, faults };
}

/** Word draws none of these, or draws them wrong; a shorthand background could hide a picture. */
const FORBIDDEN = /^(float|clear|position|flex.*|grid.*|background|background-image)$/;

function declarationFaults(declaration: Declaration, text: string): [Rule, string][] {
  const faults: [Rule, string][] = [];
  const { value, important } = declaration;
  const property = declaration.property.toLowerCase();
  const written = `${property}:${text}`;
  // Word's own properties are in no dictionary.
  if (!property.startsWith('mso-') && lexer.matchDeclaration(declaration).error)
    faults.push(['css', `${written} is no CSS`]);
  if (FORBIDDEN.test(property) || (property === 'display' && /flex|grid/.test(text)))
    faults.push(['property', written]);
  if (important) faults.push(['important', written]);
  walk(value, (node) => {
    if (node.type === 'Url' || (node.type === 'Function' && node.name !== 'light-dark'))
      faults.push(['function', written]);
    if (isWrongColour(node, property)) faults.push(['colour', written]);
  });
  return faults;
}

/** Clients agree on six digits only: not on three, on eight, or on all names. */
function isWrongColour(node: CssNode, property: string): boolean {
  if (node.type === 'Hash') return !/^[0-9a-f]{6}$/i.test(node.value);
  // A font may be called Gold.
  if (node.type !== 'Identifier' || property === 'font-family') return false;
  return lexer.match('<color>', node.name).error === null;
}
