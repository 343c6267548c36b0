import { Alert, Anchor, Text } from '@mantine/core';
import { IconEyeOff, IconEye } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { useMay } from '../app/session.ts';
import { Act } from '../look/act.tsx';
import { Card } from '../look/card.tsx';
import { Loading } from '../look/loading.tsx';
import { OrderLink } from '../look/order-link.tsx';
import { Screen } from '../look/screen.tsx';
import { ServerAway } from '../look/server-away.tsx';
import { usePart } from '../look/use-part.ts';
import { useShortly } from '../look/use-shortly.ts';
import { MailBody } from './mail-body.tsx';

/** What stands for the part of a key that is not shown (server/keys/mask-key.ts); most mails to the admin have none. */
const MASK = '••••';

type Shown = Outputs['mail']['reveal'];

/** What a mail says now; keys by their last characters, until somebody gives a reason to see them whole. */
export default function MailScreen() {
  const messageId = usePart('messageId');
  // Another mail begins masked again.
  return <Mail key={messageId} messageId={messageId} />;
}

function Mail({ messageId }: { messageId: string }) {
  const preview = useQuery(api.mail.preview.queryOptions({ messageId }, { refetchInterval: false }));
  const [revealed, setRevealed] = useShortly<Shown>();
  const mail = revealed ?? preview.data;
  const isMasked = mail !== undefined && mail.masked && mail.text.includes(MASK);
  return (
    <Screen
      title={mail?.subject ?? 'Mail'}
      intro={
        <>
          What this mail says by what is known now.{' '}
          {mail?.orderId && (
            <>
              Order <OrderLink orderId={mail.orderId} />.{' '}
            </>
          )}
          <Anchor component={Link} href="/mails?show=all" inherit>
            All mails
          </Anchor>
        </>
      }
      actions={isMasked && <Reveal messageId={messageId} show={setRevealed} />}
    >
      {mail === undefined && preview.isPending && <Loading />}
      {mail === undefined && preview.isError && (
        <Card>
          <ServerAway isOnce error={preview.error} retry={() => void preview.refetch()} />
        </Card>
      )}
      {mail && (
        <>
          <MaskNote isMasked={isMasked} isRevealed={revealed !== null} />
          <Card>
            <MailBody html={mail.html} text={mail.text} subject={mail.subject} />
          </Card>
        </>
      )}
    </Screen>
  );
}

function Reveal({ messageId, show }: { messageId: string; show(mail: Shown): void }) {
  return (
    <Act
      right="reveal"
      label="Show whole keys"
      icon={IconEye}
      title="Show whole keys"
      explain="The mail is shown with its keys in full, for a minute. That you looked, and why, is kept for good."
      reasons={['The buyer sees no key in it', 'Read it out on the phone', 'Checking what was sent']}
      confirm="Show them"
      run={(reason) => client.mail.reveal.mutate({ messageId, reason })}
      done={(mail) => {
        show(mail);
        return null;
      }}
    />
  );
}

function MaskNote({ isMasked, isRevealed }: { isMasked: boolean; isRevealed: boolean }) {
  const may = useMay();
  if (isRevealed)
    return (
      <Alert variant="outline" color="gold" mb="md" icon={<IconEye aria-hidden />} role="status">
        <Text size="sm">Keys are shown in full, for a minute. Mind who looks over your shoulder.</Text>
      </Alert>
    );
  if (!isMasked) return null;
  return (
    <Alert variant="outline" color="gold" mb="md" icon={<IconEyeOff aria-hidden />}>
      <Text size="sm">
        Keys are masked but for their last characters; the buyer’s mail has them in full.
        {!may('reveal') && ' To see whole keys you need the right “reveal”, which an admin can give you.'}
      </Text>
    </Alert>
  );
}
