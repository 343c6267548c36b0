import { Button } from '@mantine/core';
import { IconFilterOff, IconInbox } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { focusContent } from '../app/arrive.ts';
import { api } from '../app/api.ts';
import { useMay } from '../app/session.ts';
import { Card } from '../look/card.tsx';
import { DataTable } from '../look/data-table.tsx';
import { Listing } from '../look/listing.tsx';
import { Plate } from '../look/plate.tsx';
import { Screen } from '../look/screen.tsx';
import { BulkReplay } from './bulk-replay.tsx';
import { deliveryColumns, readAgainColumn } from './delivery-columns.tsx';
import { FilterFields } from './filter-fields.tsx';
import { useDeliveryFilter } from './use-delivery-filter.ts';

/** The inbox: whatever WordPress sent, and what came of it. */
export default function DeliveriesScreen() {
  const may = useMay();
  const filter = useDeliveryFilter();
  const query = useInfiniteQuery(
    api.deliveries.list.infiniteQueryOptions(
      { ...filter.wanted, replays: filter.isReplays },
      { getNextPageParam: (page) => page.next },
    ),
  );
  return (
    <Screen
      title="Deliveries"
      intro="Whatever WordPress sent, newest first, and what came of it. Nothing that arrives is thrown away."
      actions={<BulkReplay filter={filter} />}
    >
      <FilterFields filter={filter} />
      <Card isFlush>
        <Listing
          query={query}
          rowsOf={({ deliveries }) => deliveries}
          empty={filter.isNarrow ? <NoneFits /> : <NoneYet />}
        >
          {(rows) => (
            <DataTable
              label="Deliveries"
              columns={may('replay') ? [...deliveryColumns, readAgainColumn] : deliveryColumns}
              rows={rows}
              keyOf={({ deliveryId }) => deliveryId}
            />
          )}
        </Listing>
      </Card>
    </Screen>
  );
}

function NoneYet() {
  return (
    <Plate icon={IconInbox} title="Nothing was delivered yet">
      The first booking that WordPress sends is shown here, within a second or two.
    </Plate>
  );
}

function NoneFits() {
  const [, navigate] = useLocation();
  return (
    <Plate
      icon={IconFilterOff}
      title="No delivery is like that"
      action={
        <Button
          variant="default"
          onClick={() => {
            navigate('/deliveries', { replace: true });
            focusContent();
          }}
        >
          Show all
        </Button>
      }
    >
      What you look for may have come another day, or something else may have come of it.
    </Plate>
  );
}
