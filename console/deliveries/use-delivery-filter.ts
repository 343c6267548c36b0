import { SOURCES } from '../../shared/booking-event.ts';
import { RECEIPT_STATUSES } from '../../shared/statuses.ts';
import type { Inputs } from '../app/outputs.ts';
import { useUtc } from '../app/settings.ts';
import { useFilter } from '../look/use-filter.ts';
import { dayBounds } from '../look/day-bounds.ts';

/** What a bulk replay takes, too. */
export type Wanted = Inputs['deliveries']['countReplay']['filter'];

/** Stands in the address for the main site, whose name is empty: no slug has a dot. */
export const MAIN_SITE = '.';
const SLUG = /^[a-z0-9-]{1,40}$/;

/** The filter as it stands in the address, field by field, and as the server takes it. */
export function useDeliveryFilter() {
  const [verdict, setVerdict] = useFilter('verdict');
  const [source, setSource] = useFilter('source');
  const [site, setSite] = useFilter('site');
  const [since, setSince] = useFilter('since');
  const [until, setUntil] = useFilter('until');
  const [replays, setReplays] = useFilter('replays');
  const [isUtc] = useUtc();
  const wanted = readWanted({ verdict, source, site, since, until }, isUtc);
  return {
    wanted,
    isReplays: replays !== '',
    isNarrow: Object.keys(wanted).length > 0,
    /** What the reader typed, for the words of a dialog. */
    days: { since: 'since' in wanted ? since : '', until: 'until' in wanted ? until : '' },
    verdict: { value: verdict, set: setVerdict },
    source: { value: source, set: setSource },
    site: { value: site, set: setSite },
    since: { value: since, set: setSince },
    until: { value: until, set: setUntil },
    setReplays: (isOn: boolean) => setReplays(isOn ? 'yes' : ''),
  };
}

export type DeliveryFilter = ReturnType<typeof useDeliveryFilter>;
type Texts = Record<'verdict' | 'source' | 'site' | 'since' | 'until', string>;

/** What is no value of its field narrows nothing. */
function readWanted(texts: Texts, isUtc: boolean): Wanted {
  const verdict = RECEIPT_STATUSES.find((word) => word === texts.verdict);
  const source = SOURCES.find((name) => name === texts.source);
  const since = dayBounds(texts.since, isUtc)?.begins;
  const until = dayBounds(texts.until, isUtc)?.ends;
  return {
    ...(verdict !== undefined && { verdict }),
    ...(source !== undefined && { source }),
    ...(texts.site === MAIN_SITE && { site: '' }),
    ...(SLUG.test(texts.site) && { site: texts.site }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}
