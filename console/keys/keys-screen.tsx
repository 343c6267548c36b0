import { TextInput } from '@mantine/core';
import { IconBan, IconKey, IconKeyOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useDebouncedValue } from '@mantine/hooks';
import { api, client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { Act } from '../look/act.tsx';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { DataTable } from '../look/data-table.tsx';
import { Loading } from '../look/loading.tsx';
import { Masked } from '../look/masked.tsx';
import { OrderLink } from '../look/order-link.tsx';
import { Plate } from '../look/plate.tsx';
import { Screen } from '../look/screen.tsx';
import { ServerAway } from '../look/server-away.tsx';
import { When } from '../look/when.tsx';
import { GiveKeys } from './give-keys.tsx';

type Found = Outputs['keys']['find']['keys'][number];

/** Keys in stock and sold ones, by their whole text or their end; and keys for people without a booking. */
export default function KeysScreen() {
  const [typed, setTyped] = useState('');
  const [query] = useDebouncedValue(typed.trim(), 250);
  // SECURITY: a whole key stands in no address, and in the cache for no longer than on the screen.
  const find = useQuery({ ...api.keys.find.queryOptions({ query }), enabled: query !== '', gcTime: 0 });
  return (
    <Screen
      title="Find a key"
      intro="By its whole text or its last four characters; those that nobody has yet, too."
      actions={<GiveKeys />}
    >
      <TextInput
        label="Key, or its last four characters"
        leftSection={<IconKey size={18} aria-hidden />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        maw={420}
        mb="lg"
      />
      <Card isFlush>
        {query === '' && (
          <Plate icon={IconKey} title="Which key?">
            A buyer reads it out, a vendor complains about it: see where it came from and who has it.
          </Plate>
        )}
        {query !== '' && find.isPending && <Loading lines={3} />}
        {!find.data && find.isError && <ServerAway error={find.error} retry={() => void find.refetch()} />}
        {find.data?.keys.length === 0 && (
          <Plate icon={IconKeyOff} title="No key is known by that">
            Type it as it was imported, or its last four characters.
          </Plate>
        )}
        {find.data && find.data.keys.length > 0 && <Finds keys={find.data.keys} isMore={find.data.isMore} />}
      </Card>
    </Screen>
  );
}

function Finds({ keys, isMore }: { keys: Found[]; isMore: boolean }) {
  return (
    <>
      <DataTable
        label="Keys found"
        rows={keys}
        keyOf={({ keyId }) => keyId}
        columns={[
          { head: 'Key', isNarrow: true, cell: ({ masked }) => <Masked text={masked} /> },
          { head: 'Product', cell: ({ sku }) => sku },
          { head: 'Status', isNarrow: true, cell: ({ status }) => <StatusBadge status={status} /> },
          {
            head: 'Order',
            cell: ({ orderId }) => (orderId === null ? '–' : <OrderLink orderId={orderId} />),
          },
          { head: 'Imported', isNarrow: true, cell: ({ importedAt }) => <When at={importedAt} /> },
          { head: '', isNarrow: true, cell: (key) => key.status === 'available' && <TakeOut of={key} /> },
        ]}
      />
      {isMore && <p style={{ padding: '0 1.1rem' }}>Older keys end like this, too: type more of the key.</p>}
    </>
  );
}

function TakeOut({ of: { keyId, masked } }: { of: Found }) {
  return (
    <Act
      right="import"
      label="Take out of stock"
      icon={IconBan}
      isDangerous
      button={{ size: 'compact-sm', 'aria-label': `Take the key ${masked} out of stock` }}
      title="Take the key out of stock"
      explain="The key is revoked for good and is never given to anybody. If a buyer was given it meanwhile, nothing happens."
      reasons={['A typing error in the list', 'The vendor withdrew it']}
      confirm="Take it out"
      run={(reason) => client.keys.revoke.mutate({ keyId, reason, inStock: true })}
      done={() => ({ text: `The key ${masked} is out of stock.` })}
    />
  );
}
