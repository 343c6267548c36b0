import { IconBan, IconCheck, IconReload, IconSend } from '@tabler/icons-react';
import { client } from '../app/api.ts';
import { Act } from '../look/act.tsx';
import { wordOf } from '../look/status-words.ts';
import { undoReason } from '../look/undo-reason.ts';
import { CorrectAddress } from '../orders/correct-address.tsx';
import { MapCourse } from '../products/map-course.tsx';
import type { Item } from './kind-words.ts';

/** One click and a reason. */
export function FixButton(props: { fix: Item['fixes'][number]; item: Item; isBest: boolean }) {
  const { fix, item, isBest } = props;
  const button = { size: 'compact-sm', variant: isBest ? 'filled' : 'default' } as const;
  switch (fix.do) {
    case 'map':
      return (
        <MapCourse
          label="Say what the course sells"
          preset={{ ...fix.item, name: item.order?.item?.name ?? null }}
          button={button}
        />
      );
    case 'correct-address':
      return <CorrectAddress orderId={fix.orderId} email={item.order?.email ?? null} button={button} />;
    case 'retry-mail':
      return (
        <Act
          right="resend"
          label="Try the mail again"
          icon={IconSend}
          button={button}
          title="Try the mail again"
          explain={`The mail to ${item.message?.recipient ?? 'the buyer'} is queued once more.`}
          reasons={['The mailbox is back', 'The mail server was corrected']}
          confirm="Try again"
          run={(reason) => client.mail.retry.mutate({ messageIds: [fix.messageId], reason })}
          done={({ refused: [refused] }) =>
            refused ? { text: refused.why, isRefused: true } : { text: 'The mail is on its way.' }
          }
        />
      );
    case 'replay':
      return <Replay fix={fix} button={button} />;
    case 'revoke-key':
      return (
        <Act
          right="revoke"
          label={`Revoke ${fix.masked}`}
          icon={IconBan}
          isDangerous
          button={button}
          title="Revoke the key"
          explain="The key is taken back for good. This cannot be undone."
          reasons={['The booking was cancelled', 'Refunded']}
          confirm="Revoke"
          run={(reason) => client.keys.revoke.mutate({ keyId: fix.keyId, reason })}
          done={() => ({ text: `The key ${fix.masked} is revoked.` })}
        />
      );
    case 'settle':
      return <Settle item={item} button={button} />;
  }
}

type Button = { size: 'compact-sm'; variant: 'filled' | 'default' };

function Replay({ fix, button }: { fix: Extract<Item['fixes'][number], { do: 'replay' }>; button: Button }) {
  const { orderId, deliveryId } = fix;
  return (
    <Act
      right="replay"
      label="Read again"
      icon={IconReload}
      button={button}
      title="Read it again"
      explain="What the booking plugin sent is read once more, with today’s mappings."
      reasons={['The course has a product now', 'After a correction']}
      confirm="Read again"
      run={(reason) =>
        deliveryId !== null
          ? client.deliveries.replay.mutate({ deliveryId, reason })
          : client.orders.replay.mutate({ orderId: orderId ?? '', reason })
      }
      done={({ status }) => ({
        text: status === 'duplicate' ? 'It is as it was.' : `Now: ${wordOf(status)}.`,
      })}
    />
  );
}

function Settle({ item: { alertId }, button }: { item: Item; button: Button }) {
  return (
    <Act
      right="settle"
      label="Seen to"
      icon={IconCheck}
      button={button}
      title="Take it off the list"
      explain="Somebody has seen to it. It changes no order."
      reasons={['Settled with the buyer', 'Nothing to do']}
      confirm="Take off"
      run={(reason) => client.attention.settle.mutate({ alertIds: [alertId], reason })}
      done={({ settled }, reason) =>
        // A colleague's own is theirs to take back.
        settled.length === 0
          ? { text: 'Somebody else has seen to it already.' }
          : {
              text: 'Off the list.',
              undo: {
                label: 'Put it back',
                run: async () => {
                  const { over } = await client.attention.reopen.mutate({
                    alertIds: [alertId],
                    reason: undoReason(reason),
                  });
                  return over.length > 0 ? 'It has settled itself meanwhile.' : 'It is on the list again.';
                },
              },
            }
      }
    />
  );
}
