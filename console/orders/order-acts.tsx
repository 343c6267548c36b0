import { Group } from '@mantine/core';
import { IconMailForward, IconPlayerPlay, IconReload, IconX } from '@tabler/icons-react';
import { client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { useMay } from '../app/session.ts';
import { Act } from '../look/act.tsx';
import { wordOf } from '../look/status-words.ts';
import { undoReason } from '../look/undo-reason.ts';
import { courseOf } from '../products/course.ts';
import { MapCourse } from '../products/map-course.tsx';
import { AddKeys } from './add-keys.tsx';
import { CorrectAddress } from './correct-address.tsx';

type Order = Outputs['orders']['get'];

/** What staff can do about an order; each only where it makes sense. */
export function OrderActs({ order }: { order: Order }) {
  const { orderId, status } = order;
  const hasKeys = order.keys.some((key) => key.status === 'assigned' && key.assignedAt !== null);
  const isOver = status === 'cancelled';
  // The server refuses it of others (server/orders/add-keys.ts).
  const canTakeKeys =
    status !== 'held' && status !== 'waiting' && order.email !== null && order.suppressed === null;
  const may = useMay();
  const course = order.reason === 'unmapped' ? courseOf(order) : null;
  return (
    <Group gap="xs">
      {course && (
        <MapCourse label="Say what the course sells" preset={course} button={{ variant: 'filled' }} />
      )}
      {hasKeys && !isOver && (
        <Act
          right="resend"
          label="Send again"
          icon={IconMailForward}
          button={{ variant: 'filled' }}
          title="Send the keys again"
          explain={
            <>
              The same keys go to <b>{order.email}</b> once more. A second copy does no harm.
            </>
          }
          reasons={['The buyer does not find the mail', 'Deleted by accident', 'Landed in the spam folder']}
          confirm="Send"
          run={(reason) => client.orders.resend.mutate({ orderId, reason })}
          done={() => ({ text: `On its way to ${order.email ?? 'the buyer'}.` })}
        />
      )}
      <CorrectAddress
        orderId={orderId}
        email={order.email}
        button={{ variant: order.email === null ? 'filled' : 'default' }}
      />
      {canTakeKeys && <AddKeys order={order} />}
      {order.source !== 'staff' && (
        <Act
          right="replay"
          label={isOver ? 'Set going again' : 'Read again'}
          icon={isOver ? IconPlayerPlay : IconReload}
          title={isOver ? 'Set the order going again' : 'Read the booking again'}
          explain="The last thing that the booking plugin sent is read once more, with today’s mappings. What is as it should be stays as it is."
          reasons={
            isOver
              ? ['Cancelled by mistake', 'The buyer paid after all']
              : ['The course has a product now', 'After a correction']
          }
          confirm={isOver ? 'Set going' : 'Read again'}
          run={(reason) => client.orders.replay.mutate({ orderId, reason })}
          done={(out) => ({ text: isOver ? goingAgain(orderId, out.status) : readWords(out.status) })}
        />
      )}
      {!isOver && (
        <Act
          right="cancel"
          label="Cancel order"
          icon={IconX}
          isDangerous
          title="Cancel the order"
          explain="A key that nobody can have seen goes back to stock; another is kept or revoked, as its product says. The booking plugin does not set the order going again, only staff can."
          reasons={['Refunded', 'The buyer asked for it', 'Booked twice']}
          confirm="Cancel the order"
          run={(reason) => client.orders.cancel.mutate({ orderId, reason })}
          done={(out, reason) => ({
            text:
              out.status === 'cancelled'
                ? `Order ${orderId} is cancelled.`
                : `Order ${orderId} was cancelled already.`,
            // What somebody else cancelled is not ours to take back.
            ...(out.status === 'cancelled' &&
              order.source !== 'staff' &&
              may('replay') && {
                undo: {
                  label: 'Set going again',
                  run: async () => {
                    const again = await client.orders.replay.mutate({
                      orderId,
                      reason: undoReason(reason),
                    });
                    return goingAgain(orderId, again.status);
                  },
                },
              }),
          })}
        />
      )}
    </Group>
  );
}

type Reading = Outputs['orders']['replay']['status'];

function readWords(status: Reading): string {
  return status === 'duplicate' ? 'All is as it should be.' : `The order is now: ${wordOf(status)}.`;
}

/** What came of setting a cancelled order going: its last delivery may be the cancellation. */
function goingAgain(orderId: string, status: Reading): string {
  return status === 'duplicate' || status === 'cancelled'
    ? `Order ${orderId} stays cancelled: that is the booking plugin’s last word. Correct it there, or add keys here.`
    : `Order ${orderId} is set going again: ${wordOf(status)}.`;
}
