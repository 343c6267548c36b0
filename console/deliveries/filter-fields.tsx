import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { SOURCES } from '../../shared/booking-event.ts';
import { RECEIPT_STATUSES } from '../../shared/statuses.ts';
import { api } from '../app/api.ts';
import { wordOf } from '../look/status-words.ts';
import classes from './filter-fields.module.css';
import { sourceWords } from '../look/source-words.ts';
import { MAIN_SITE, type DeliveryFilter } from './use-delivery-filter.ts';

const VERDICTS = [
  { value: '', label: 'Any' },
  ...RECEIPT_STATUSES.map((value) => ({ value, label: wordOf(value) })),
];
const PLUGINS = [
  { value: '', label: 'Any' },
  ...SOURCES.map((value) => ({ value, label: sourceWords(value) })),
];

export function FilterFields({ filter }: { filter: DeliveryFilter }) {
  const { verdict, source, since, until, isReplays, setReplays } = filter;
  return (
    <div className={classes.fields} role="group" aria-label="Filter">
      <NativeSelect
        label="What came of it"
        value={verdict.value}
        data={VERDICTS}
        onChange={(event) => verdict.set(event.currentTarget.value)}
      />
      <NativeSelect
        label="Booking plugin"
        value={source.value}
        data={PLUGINS}
        onChange={(event) => source.set(event.currentTarget.value)}
      />
      <SiteField {...filter.site} />
      <TextInput
        type="date"
        label="From"
        value={since.value}
        onChange={(event) => since.set(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label="To, this day too"
        value={until.value}
        onChange={(event) => until.set(event.currentTarget.value)}
      />
      <Switch
        label="With replays"
        className={classes.switch}
        checked={isReplays}
        onChange={(event) => setReplays(event.currentTarget.checked)}
      />
    </div>
  );
}

/** Who has one site alone is not asked which. */
function SiteField({ value, set }: DeliveryFilter['site']) {
  const sites = useQuery(
    api.sites.list.queryOptions(undefined, { refetchInterval: false, staleTime: 60_000 }),
  );
  const slugs = (sites.data?.sites ?? []).map(({ site }) => site).filter((site) => site !== '');
  if (slugs.length === 0 && value === '') return null;
  const named = [...new Set([...slugs, ...(value === '' || value === MAIN_SITE ? [] : [value])])];
  return (
    <NativeSelect
      label="Site"
      value={value}
      data={[
        { value: '', label: 'Any' },
        { value: MAIN_SITE, label: 'The main site' },
        ...named.map((site) => ({ value: site, label: site })),
      ]}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}
