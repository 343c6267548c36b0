import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { IconListSearch } from '@tabler/icons-react';
import { api } from '../app/api.ts';
import { useUtc } from '../app/settings.ts';
import { Card } from '../look/card.tsx';
import { Listing } from '../look/listing.tsx';
import { Plate } from '../look/plate.tsx';
import { Screen } from '../look/screen.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { AuditTable } from './audit-table.tsx';
import { ExportTrail } from './export-trail.tsx';
import { useFilters, wantedOf } from './wanted-lines.ts';

export default function AuditScreen() {
  const [filters, set] = useFilters();
  const [isUtc] = useUtc();
  const wanted = wantedOf(filters, isUtc);
  const query = useInfiniteQuery(
    api.audit.list.infiniteQueryOptions(wanted, {
      getNextPageParam: (page) => page.next,
      // A line that somebody is just clicking on stays, when the field that they leave filters.
      placeholderData: keepPreviousData,
    }),
  );
  return (
    <Screen
      title="Audit"
      intro="Who did what, when and why. Nothing is ever taken out of it."
      actions={<ExportTrail wanted={wanted} />}
    >
      <AuditFilters filters={filters} set={set} />
      <Card isFlush isBusy={query.isPlaceholderData}>
        <Listing
          query={query}
          rowsOf={({ lines }) => lines}
          empty={
            <Plate icon={IconListSearch} title="No line fits">
              {Object.keys(wanted).length === 0
                ? 'Nothing has happened yet. The first order, import or sign-in will stand here.'
                : 'Widen the days, or clear a filter. Words are taken as they are written: key.revealed, not key.'}
            </Plate>
          }
        >
          {(lines) => <AuditTable lines={lines} only={set} />}
        </Listing>
      </Card>
    </Screen>
  );
}
