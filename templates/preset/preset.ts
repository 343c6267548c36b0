import { body, column, each, section } from './frame.ts';
import { box, button, divider, fact, hint, key, label, text } from './rows.ts';
import { component } from './table.ts';
import type { Palette } from './palette.ts';

const ROWS = ['mj-text', 'mj-button', 'mj-divider', 'kb-fact', 'kb-box', 'kb-each'];
const BOX_ROWS = ['kb-label', 'kb-key', 'kb-hint', 'kb-each'];

/**
 * Our own components under MJML's names: tables only, no div, no style block, all CSS inline. Passed per call as
 * `presets`, so other users of mjml in the process keep the stock ones. MJML unions `dependencies` with its own, so a
 * stock tag (mj-hero, mj-table …) would still be accepted and bring divs: the gate in test/mail decides.
 */
export function tablePreset(palette: Palette) {
  const definitions = {
    'mj-body': body,
    'mj-section': section,
    'mj-column': column,
    'mj-text': text,
    'mj-button': button,
    'mj-divider': divider,
    'kb-fact': fact,
    'kb-box': box,
    'kb-label': label,
    'kb-key': key,
    'kb-hint': hint,
    'kb-each': each,
  };
  return {
    components: Object.entries(definitions).map(([name, definition]) => component(palette, name, definition)),
    dependencies: { 'mj-column': ROWS, 'kb-box': BOX_ROWS, 'kb-each': [...ROWS, ...BOX_ROWS] },
  };
}
