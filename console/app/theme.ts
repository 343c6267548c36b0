import {
  Anchor,
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

/** The gold of the mails and of the logo, from paper to coin. The eighth carries white text with 5.4:1, the fifth black. */
const gold: MantineColorsTuple = [
  '#fdf6e7',
  '#f8e9c8',
  '#f1d596',
  '#eac164',
  '#e2ad4b',
  '#c98f2b',
  '#a9741b',
  '#8f5d10',
  '#74490b',
  '#5a3707',
];

/** Of slate, to go with the gold; the library's own dark is a plain grey. */
const dark: MantineColorsTuple = [
  '#e9ebf0',
  '#b8c0cc',
  '#98a2b3',
  '#6b7585',
  '#3d4553',
  '#2d3440',
  '#1f252e',
  '#1a1f27',
  '#12151a',
  '#0c0e12',
];

/** On the bright gold of the dark scheme white could not be read, and the library decides by one scheme alone. */
const onGold: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  const isGold = input.variant === 'filled' && (input.color ?? 'gold') === 'gold';
  return isGold ? { ...colors, color: 'light-dark(#ffffff, #1d1503)' } : colors;
};

export const theme = createTheme({
  variantColorResolver: onGold,
  // Within a text, colour alone does not tell a link.
  components: { Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }) },
  primaryColor: 'gold',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: { gold, dark },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', Consolas, Menlo, 'Liberation Mono', monospace",
  headings: { fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
});

/** Mantine's soft texts have too little contrast for AA: these have 4.5:1 and more on every surface of ours. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f6f5f2',
    '--mantine-color-text': '#1d2433',
    '--mantine-color-dimmed': '#5a6478',
    '--mantine-color-placeholder': '#667085',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': '#7d500c',
    '--mantine-color-default-border': '#d5d8de',
    '--mantine-color-default': '#ffffff',
    '--kb-card': '#ffffff',
    '--kb-line': '#e3e3df',
    '--kb-hover': '#faf6ec',
  },
  dark: {
    '--mantine-color-body': '#12151a',
    '--mantine-color-text': '#e9ebf0',
    '--mantine-color-dimmed': '#a3acbd',
    '--mantine-color-placeholder': '#98a2b3',
    '--mantine-color-error': '#ff9b93',
    '--mantine-color-anchor': '#e2ad4b',
    '--mantine-color-default-border': '#3d4553',
    '--mantine-color-default': '#1f252e',
    '--kb-card': '#1a1f27',
    '--kb-line': '#2d3440',
    '--kb-hover': '#222933',
  },
});
