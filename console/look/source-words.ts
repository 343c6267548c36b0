import type { Source } from '../../shared/booking-event.ts';

const WORDS: Record<Source, string> = { amelia: 'Amelia', bookly: 'Bookly' };

/** A booking plugin by the name that its makers gave it. */
export function sourceWords(source: Source): string {
  return WORDS[source];
}

/** Where a delivery came from: `Amelia`, or `Amelia, second-shop`. */
export function fromWords({ source, site }: { source: Source; site: string }): string {
  return site === '' ? sourceWords(source) : `${sourceWords(source)}, ${site}`;
}
