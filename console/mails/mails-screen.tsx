import { Button, Group, NativeSelect, Tabs } from '@mantine/core';
import { IconMailOff, IconPhoto } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { api } from '../app/api.ts';
import { wordOf } from '../look/status-words.ts';
import { Card } from '../look/card.tsx';
import { Listing } from '../look/listing.tsx';
import { Screen } from '../look/screen.tsx';
import { useFilter } from '../look/use-filter.ts';
import { readList, SHOWS, TROUBLES } from './mail-list.ts';
import { MailTable } from './mail-table.tsx';
import { MailWorker } from './mail-worker.tsx';
import classes from './mails.module.css';
import { NoMails } from './no-mails.tsx';

/** What is still to be sent, what went wrong, and every mail that ever was. */
export default function MailsScreen() {
  const [, navigate] = useLocation();
  const { show } = readList(useFilter('show')[0], '');
  return (
    <Screen
      title="Mails"
      intro="To buyers, and to the admin: what leaves, and what came of it."
      actions={<Ways />}
    >
      <MailWorker />
      <Tabs
        value={show}
        onChange={(next) => navigate(`/mails?show=${next ?? 'queue'}`, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {SHOWS.map((one) => (
            <Tabs.Tab key={one.show} value={one.show}>
              {one.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {SHOWS.map((one) => (
          <Tabs.Panel key={one.show} value={one.show}>
            <MailList />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Screen>
  );
}

function MailList() {
  const [shown] = useFilter('show');
  const [status, setStatus] = useFilter('status');
  const list = readList(shown, status);
  const query = useInfiniteQuery(
    api.mail.list.infiniteQueryOptions(list, { getNextPageParam: (page) => page.next }),
  );
  return (
    <>
      {list.show === 'trouble' && (
        <NativeSelect
          label="What went wrong"
          className={classes.filter}
          value={list.status ?? ''}
          onChange={(event) => setStatus(event.currentTarget.value)}
          data={[
            { value: '', label: 'All of it' },
            ...TROUBLES.map((value) => ({ value, label: wordOf(value) })),
          ]}
        />
      )}
      <Card isFlush>
        <Listing query={query} rowsOf={({ messages }) => messages} empty={<NoMails {...list} />}>
          {(mails) => <MailTable key={`${list.show} ${list.status}`} mails={mails} />}
        </Listing>
      </Card>
    </>
  );
}

function Ways() {
  return (
    <Group gap="xs">
      <Button
        component={Link}
        href="/mails/suppressed"
        variant="default"
        size="sm"
        leftSection={<IconMailOff size={16} aria-hidden />}
      >
        Addresses without mail
      </Button>
      <Button
        component={Link}
        href="/mails/gallery"
        variant="default"
        size="sm"
        leftSection={<IconPhoto size={16} aria-hidden />}
      >
        Every mail, drawn
      </Button>
    </Group>
  );
}
