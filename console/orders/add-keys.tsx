import { Checkbox, NumberInput, Select } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { useMay } from '../app/session.ts';
import { Act } from '../look/act.tsx';
import { keyCount } from '../look/counts.ts';

/** Brings an order up to so many keys of a product. */
export function AddKeys({ order }: { order: Outputs['orders']['get'] }) {
  const may = useMay();
  const products = useQuery({ ...api.stock.list.queryOptions(), enabled: may('give') });
  const first = order.lines[0]?.sku ?? order.sku;
  const held = (of: string | null) =>
    order.keys.filter(({ sku, status }) => sku === of && status === 'assigned').length;
  const [sku, setSku] = useState(first);
  const [upTo, setUpTo] = useState<number | string>(1);
  const [wait, setWait] = useState(false);
  return (
    <Act
      right="give"
      label="Add keys"
      icon={IconKey}
      title="Add keys to the order"
      explain="Say how many keys of the product the order shall have in all, those included that it has. The buyer is mailed. What you decide here, no later delivery takes back."
      reasons={['Booked for more people', 'Paid by bank transfer', 'Goodwill']}
      confirm="Add"
      onOpen={() => {
        setSku(first);
        setUpTo(held(first) + 1);
        setWait(false);
      }}
      fields={
        <>
          <Select
            label="Product"
            data={(products.data?.products ?? []).map(({ sku: value, name, available }) => ({
              value,
              label: `${name === value ? value : `${name} (${value})`}: ${available} in stock`,
            }))}
            value={sku}
            onChange={(chosen) => {
              setSku(chosen);
              setUpTo(held(chosen) + 1);
            }}
            searchable
            allowDeselect={false}
          />
          <NumberInput
            label="Keys in all"
            description={`It has ${held(sku)} of this product.`}
            value={upTo}
            onChange={setUpTo}
            min={1}
            max={200}
            allowDecimal={false}
          />
          <Checkbox
            label="If stock is short, let the order wait for them"
            checked={wait}
            onChange={(event) => setWait(event.currentTarget.checked)}
          />
        </>
      }
      check={() => {
        if (sku === null) return 'Choose a product.';
        if (typeof upTo !== 'number') return 'Say how many keys.';
        return upTo > held(sku) ? '' : `It has ${keyCount(held(sku))} of this product already: say more.`;
      }}
      run={(reason) =>
        client.orders.addKeys.mutate({
          orderId: order.orderId,
          sku: sku ?? '',
          upTo: Number(upTo),
          reason,
          wait,
        })
      }
      done={({ added, status }) => ({
        text:
          status === 'waiting'
            ? 'The order waits for its keys now.'
            : `${added === 0 ? 'The order has its keys' : `${added} added`}; the mail is on its way.`,
      })}
    />
  );
}
