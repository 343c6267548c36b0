import { Anchor, Button, Code } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { api } from '../app/api.ts';
import { focusContent } from '../app/arrive.ts';

interface Step {
  title: string;
  isDone: boolean;
  how: ReactNode;
}

/** What a new shop still lacks, in the order in which one does it; null until that is known. */
export function useSteps(): { steps: Step[] | null; fault: { error: unknown; retry(): void } | null } {
  const health = useQuery(api.health.get.queryOptions());
  const stock = useQuery(api.stock.list.queryOptions());
  const mappings = useQuery(api.products.mappings.list.queryOptions());
  const [isByHand, setByHand] = useLocalStorage({ key: 'keybank-no-plugin', defaultValue: false });
  // Health says its own below.
  for (const { data, error, refetch } of [stock, mappings])
    if (!data && error) return { steps: null, fault: { error, retry: () => void refetch() } };
  if (!health.data || !stock.data || !mappings.data) return { steps: null, fault: null };
  const { mail, server, sites } = health.data.parts;
  const setUp = server.facts?.setUp;
  const keys = stock.data.products.map((line) => line.available + line.assigned + line.held + line.revoked);
  const link = (href: string, text: string) => (
    <Anchor component={Link} href={href} inherit>
      {text}
    </Anchor>
  );
  const steps = [
    {
      title: 'Bring keys in',
      isDone: keys.some((count) => count > 0),
      how: <>Paste them, or drop the file of the vendor: {link('/import', 'Import keys')}.</>,
    },
    {
      title: 'Say which course sells which key',
      isDone: mappings.data.mappings.length > 0 || setUp?.hasDefaultSku === true,
      how: (
        <>
          Its number stands in the booking plugin’s list of services:{' '}
          {link('/products', 'Products and courses')}.
        </>
      ),
    },
    {
      title: 'See a booking become a mail',
      isDone: stock.data.products.some(({ assigned }) => assigned > 0),
      how: (
        <>
          <Code>npx keybank try --service 1</Code> on the server sends a made-up booking of service 1. Its key
          is under {link('/mails?show=all', 'Mails')} a moment later.
        </>
      ),
    },
    {
      title: 'Connect WordPress',
      isDone: isByHand || (sites.facts?.sites.some(({ plugin }) => plugin !== null) ?? false),
      how: (
        <>
          Copy <Code>wp-plugin/key-bank.php</Code> into <Code>wp-content/mu-plugins</Code>, and the lines that{' '}
          <Code>npx keybank wordpress</Code> prints into <Code>wp-config.php</Code>. Then book a course: it
          appears under {link('/deliveries', 'Deliveries')}.{' '}
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => {
              setByHand(true);
              focusContent();
            }}
          >
            We send bookings without the plugin
          </Button>
        </>
      ),
    },
    {
      title: 'Let mails go out',
      isDone: setUp?.mail !== 'mailbox' && mail.facts?.worker?.paused?.cause !== 'configuration',
      how:
        setUp?.mail !== 'mailbox' ? (
          <>
            They wait: the provider refuses what is configured. {link('/health', 'Health')} says why; correct
            it, restart, and try it with <Code>npx keybank mail send-test you@example.com</Code>.
          </>
        ) : (
          <>
            For now they stay in the local mailbox, where {link('/mails?show=all', 'Mails')} shows them. Set{' '}
            <Code>KEYBANK_MAIL</Code> and <Code>KEYBANK_MAIL_FROM</Code>, restart, and try it with{' '}
            <Code>npx keybank mail send-test you@example.com</Code>.
          </>
        ),
    },
    {
      title: 'Say whom to alarm',
      isDone: setUp?.hasAdmin === true,
      how: (
        <>
          Set <Code>KEYBANK_ADMIN_EMAIL</Code>: when stock runs low, or a booking needs a person, that address
          is told.
        </>
      ),
    },
  ];
  return { steps, fault: null };
}
