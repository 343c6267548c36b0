import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { IconGift } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { uuidv7 } from 'uuidv7';
import { useLocation } from 'wouter';
import { api, client } from '../app/api.ts';
import { useMay } from '../app/session.ts';
import { Act } from '../look/act.tsx';
import { orderPath } from '../look/order-link.tsx';

/** Keys for somebody who has no booking, as an order of its own. */
export function GiveKeys() {
  const may = useMay();
  const [, navigate] = useLocation();
  const stock = useQuery({ ...api.stock.list.queryOptions(), enabled: may('give') });
  const [sku, setSku] = useState<string | null>(null);
  const [quantity, setQuantity] = useState<number | string>(1);
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [wait, setWait] = useState(false);
  // A lost answer, and the same gift asked for again, give nothing twice.
  const asked = useRef({ gift: '', requestId: '' });
  return (
    <Act
      right="give"
      label="Give keys"
      icon={IconGift}
      button={{ variant: 'filled' }}
      title="Give keys without a booking"
      explain="The keys are mailed at once, and an order of its own keeps the record."
      reasons={['Speaker', 'Paid outside the shop', 'Goodwill']}
      confirm="Give"
      onOpen={() => {
        setSku(null);
        setEmail('');
        setName('');
        setQuantity(1);
        setWait(false);
      }}
      fields={
        <>
          <Select
            label="Product"
            data={(stock.data?.products ?? []).map((line) => ({
              value: line.sku,
              label: `${line.name}: ${line.available} in stock`,
            }))}
            value={sku}
            onChange={setSku}
            searchable
            openOnFocus={false}
            data-autofocus
          />
          <TextInput
            label="E-mail address"
            type="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <TextInput
            label="Name (optional)"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NumberInput
            label="How many"
            value={quantity}
            onChange={setQuantity}
            min={1}
            max={200}
            allowDecimal={false}
          />
          <Checkbox
            label="If stock is short, let it wait for keys"
            checked={wait}
            onChange={(event) => setWait(event.currentTarget.checked)}
          />
        </>
      }
      check={() => {
        if (sku === null) return 'Choose a product.';
        if (email.trim() === '') return 'Type the e-mail address.';
        return Number(quantity) >= 1 ? '' : 'Say how many keys.';
      }}
      run={(reason) => {
        const gift = {
          sku: sku ?? '',
          email: email.trim(),
          quantity: Number(quantity),
          wait,
          ...(name.trim() !== '' && { name: name.trim() }),
        };
        const words = JSON.stringify(gift);
        if (asked.current.gift !== words) asked.current = { gift: words, requestId: uuidv7() };
        return client.keys.give.mutate({ ...gift, reason, requestId: asked.current.requestId });
      }}
      done={({ orderId, status }) => {
        asked.current = { gift: '', requestId: '' };
        navigate(orderPath(orderId));
        return {
          text:
            status === 'waiting'
              ? `Order ${orderId} waits for its keys.`
              : `Order ${orderId}: the keys are on their way.`,
        };
      }}
    />
  );
}
