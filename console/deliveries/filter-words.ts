import { wordOf } from '../look/status-words.ts';
import { sourceWords } from '../look/source-words.ts';
import type { DeliveryFilter } from './use-delivery-filter.ts';

/** The filter in a sentence's words, so that nobody runs what they did not mean. */
export function filterWords({ wanted, days }: Pick<DeliveryFilter, 'wanted' | 'days'>): string {
  const verdicts = [wanted.verdict ?? []].flat().map((word) => `“${wordOf(word)}”`);
  const parts = [
    verdicts.length > 0 && `that ended as ${verdicts.join(' or ')}`,
    wanted.source !== undefined && `from ${sourceWords(wanted.source)}`,
    wanted.site !== undefined && (wanted.site === '' ? 'of the main site' : `of the site ${wanted.site}`),
    days.since !== '' && `from ${dayWords(days.since)} on`,
    days.until !== '' && `up to ${dayWords(days.until)}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? 'all deliveries that ever came' : `deliveries ${parts.join(', ')}`;
}

function dayWords(day: string): string {
  return new Date(`${day}T00:00:00`).toLocaleDateString(undefined, { dateStyle: 'medium' });
}
