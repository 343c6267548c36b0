import { fact, order, tile, tiles } from './figures.ts';
import { body, column, each, foot, masthead, section } from './frame.ts';
import { box, hint, key, label } from './key-box.ts';
import { button, command, divider, lines, note, text } from './rows.ts';
import { component } from './table.ts';
import type { Design } from './table.ts';

const PIECES = ['kb-masthead', 'mj-section', 'kb-foot'];
const ROWS = [
  ...[
    'mj-text',
    'mj-button',
    'mj-divider',
    'kb-lines',
    'kb-note',
    'kb-command',
    'kb-box',
    'kb-fact',
    'kb-order',
  ],
  ...['kb-tiles', 'kb-each'],
];
const BOX_ROWS = ['kb-label', 'kb-key', 'kb-hint', 'kb-each'];

/**
 * Our own components under MJML's names: tables only, no div, no style block, all CSS inline. Passed per call as
 * `presets`, so other users of mjml in the process keep the stock ones. MJML unions `dependencies` with its own, so a
 * stock tag (mj-hero, mj-table …) would still be accepted and bring divs: the gate in test/mail decides.
 */
export function tablePreset(design: Design) {
  const definitions = {
    'mj-body': body,
    'kb-masthead': masthead,
    'mj-section': section,
    'mj-column': column,
    'kb-foot': foot,
    'mj-text': text,
    'mj-button': button,
    'mj-divider': divider,
    'kb-lines': lines,
    'kb-note': note,
    'kb-command': command,
    'kb-fact': fact,
    'kb-order': order,
    'kb-tiles': tiles,
    'kb-tile': tile,
    'kb-box': box,
    'kb-label': label,
    'kb-key': key,
    'kb-hint': hint,
    'kb-each': each,
  };
  return {
    components: Object.entries(definitions).map(([name, definition]) => component(design, name, definition)),
    dependencies: {
      'mj-body': PIECES,
      'mj-column': ROWS,
      'kb-box': BOX_ROWS,
      'kb-tiles': ['kb-tile'],
      'kb-each': [...ROWS, ...BOX_ROWS],
    },
  };
}
