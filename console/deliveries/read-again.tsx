import { IconReload } from '@tabler/icons-react';
import { client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { Act } from '../look/act.tsx';
import { wordOf } from '../look/status-words.ts';

/** `of` says which one to a screen reader, where many stand below each other. */
export function ReadAgain(props: { deliveryId: string; of?: string; isSmall?: boolean }) {
  const { deliveryId, of = '', isSmall = false } = props;
  return (
    <Act
      right="replay"
      label="Read again"
      icon={IconReload}
      button={{
        ...(isSmall && { size: 'compact-sm', variant: 'subtle' }),
        'aria-label': of === '' ? 'Read again' : `Read again: ${of}`,
      }}
      title="Read this delivery again"
      explain="As if it came now, by the products and courses as they are set up now. No buyer gets a second key. Orders in it that staff stopped are set going by it."
      reasons={['The course is mapped now', 'After the update', 'It was read wrongly']}
      confirm="Read again"
      run={(reason) => client.deliveries.replay.mutate({ deliveryId, reason })}
      done={(out) => ({ text: outcome(out) })}
    />
  );
}

function outcome({ status, orders }: Outputs['deliveries']['replay']): string {
  const each = orders.map((order) => `${order.orderId}: ${wordOf(order.status)}`);
  if (each.length === 0) return `Read again: ${wordOf(status)}.`;
  const more = each.length > 3 ? `, and ${each.length - 3} more` : '';
  return `Read again. ${each.slice(0, 3).join(', ')}${more}.`;
}
