import { TextInput, type ButtonProps } from '@mantine/core';
import { IconAt } from '@tabler/icons-react';
import { useState } from 'react';
import { client } from '../app/api.ts';
import { Act } from '../look/act.tsx';
import { wordOf } from '../look/status-words.ts';
import { undoReason } from '../look/undo-reason.ts';

/** Whatever the order's status: what is due goes to the new address. */
export function CorrectAddress(props: {
  orderId: string;
  email: string | null;
  button?: Pick<ButtonProps, 'size' | 'variant'>;
}) {
  const { orderId, email, button } = props;
  const [address, setAddress] = useState(email ?? '');
  const former = email;
  return (
    <Act
      right="resend"
      label={email === null ? 'Add the address' : 'Correct address'}
      icon={IconAt}
      {...(button && { button })}
      title={email === null ? 'Add the e-mail address' : 'Correct the e-mail address'}
      explain="Keys that the buyer should have are mailed to the new address at once. The former one stays searchable."
      reasons={['Typing error, the buyer called', 'The mailbox is no longer in use']}
      confirm={email === null ? 'Add' : 'Correct'}
      onOpen={() => setAddress(email ?? '')}
      fields={
        <TextInput
          label="E-mail address"
          type="email"
          value={address}
          data-autofocus
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
      }
      check={() =>
        address.trim() === ''
          ? 'Type the new address.'
          : address.trim() === email
            ? 'That is the address it has already.'
            : ''
      }
      run={(reason) => client.orders.correct.mutate({ orderId, email: address.trim(), reason })}
      done={({ status, messageId }, reason) => ({
        text:
          messageId === undefined
            ? `The address is ${address.trim()} now; the order is: ${wordOf(status)}.`
            : `The keys are on their way to ${address.trim()}.`,
        // A mail that is out does not come back: only an address that nothing went to is put back.
        ...(former !== null &&
          messageId === undefined && {
            undo: {
              label: 'Put it back',
              run: async () => {
                const now = await client.orders.get.query({ orderId });
                if (now.email?.toLowerCase() !== address.trim().toLowerCase())
                  return `Nothing was changed: the address is ${now.email ?? 'none'} by now.`;
                // SECURITY: of an order that is served or waits, a corrected address is mailed to: never to the mistaken one.
                if (now.status === 'fulfilled' || now.status === 'waiting')
                  return `Nothing was changed: the order has gone on, and ${now.email} was mailed. Correct the address anew if you must.`;
                await client.orders.correct.mutate({
                  orderId,
                  email: former,
                  reason: undoReason(reason),
                });
                return `The address is ${former} again.`;
              },
            },
          }),
      })}
    />
  );
}
