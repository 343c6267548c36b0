/** A light and a dark hex colour; the same twice for what must not change with the theme. */
export type Pair = readonly [light: string, dark: string];

const NAMES = [
  'page',
  'card',
  'line',
  'text',
  'soft',
  'accent',
  'keyFill',
  'keyLine',
  'keyRule',
  'keyText',
  'button',
  'buttonText',
  'panel',
  'good',
  'goodFill',
  'warn',
  'warnFill',
  'danger',
  'dangerFill',
] as const;
type ColourName = (typeof NAMES)[number];
export type Palette = Readonly<Record<ColourName, Pair>>;

/** Reads the colours of brand.json; names the colour that is missing, unknown, or no six-digit hex. */
export function readPalette(colours: Readonly<Record<string, readonly string[]>>): Palette {
  const unknown = Object.keys(colours).find((word) => !isColourName(word));
  if (unknown !== undefined)
    throw new Error(`brand.json, colours.${unknown}: no such colour; there are ${NAMES.join(', ')}`);
  const pair = (name: ColourName): Pair => {
    const [light, dark] = colours[name] ?? [];
    for (const colour of [light, dark])
      if (!/^#[0-9a-f]{6}$/.test(colour ?? ''))
        throw new Error(
          `brand.json, colours.${name}: ${colour ?? 'nothing'} is no colour like #1d2433 (light and dark are needed)`,
        );
    return [light ?? '', dark ?? ''];
  };
  return {
    page: pair('page'),
    card: pair('card'),
    line: pair('line'),
    text: pair('text'),
    soft: pair('soft'),
    accent: pair('accent'),
    keyFill: pair('keyFill'),
    keyLine: pair('keyLine'),
    keyRule: pair('keyRule'),
    keyText: pair('keyText'),
    button: pair('button'),
    buttonText: pair('buttonText'),
    panel: pair('panel'),
    good: pair('good'),
    goodFill: pair('goodFill'),
    warn: pair('warn'),
    warnFill: pair('warnFill'),
    danger: pair('danger'),
    dangerFill: pair('dangerFill'),
  };
}

export function isColourName(word: string): word is ColourName {
  return NAMES.some((name) => name === word);
}

/**
 * `light-dark()` only after the plain colour: clients that do not know it keep the first. Border colours and texts
 * that stay the same in both themes have one declaration only.
 */
export function tint(property: string, [light, dark]: Pair): string {
  return `${property}:${light};` + (light === dark ? '' : `${property}:light-dark(${light},${dark});`);
}
