import { Anchor, Text } from '@mantine/core';
import { IconMailOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { Card } from '../look/card.tsx';
import { Loading } from '../look/loading.tsx';
import { Plate } from '../look/plate.tsx';
import { Screen } from '../look/screen.tsx';
import { ServerAway } from '../look/server-away.tsx';
import { useFilter } from '../look/use-filter.ts';
import { GalleryTitles, type TitleGroup } from './gallery-titles.tsx';
import classes from './gallery.module.css';
import { kindWords } from './kind-words.ts';
import { MailBody } from './mail-body.tsx';

type GalleryMail = Outputs['mail']['gallery']['mails'][number];

/** Every mail that Key Bank sends, with made-up buyers and keys. */
export default function GalleryScreen() {
  // Only a new version of the server changes it.
  const gallery = useQuery(
    api.mail.gallery.queryOptions(undefined, { refetchInterval: false, staleTime: Infinity }),
  );
  return (
    <Screen
      title="Every mail"
      intro={
        <>
          What buyers and the admin get, with made-up names and keys.{' '}
          <Anchor component={Link} href="/mails" inherit>
            Mails
          </Anchor>
        </>
      }
    >
      {gallery.isPending && <Loading />}
      {gallery.isError && (
        <Card>
          <ServerAway isOnce error={gallery.error} retry={() => void gallery.refetch()} />
        </Card>
      )}
      {gallery.data && <Gallery mails={gallery.data.mails} />}
    </Screen>
  );
}

function Gallery({ mails }: { mails: GalleryMail[] }) {
  const [chosen, choose] = useFilter('mail');
  const mail = mails.find((one) => nameOf(one) === chosen) ?? mails[0];
  if (!mail) return <Plate icon={IconMailOff} title="There are no samples" />;
  return (
    <div className={classes.gallery}>
      <GalleryTitles groups={groupsOf(mails)} chosen={nameOf(mail)} choose={choose} />
      <div className={classes.mail}>
        <Card
          title={mail.subject}
          aside={
            <Text size="sm" c="dimmed">
              {kilobytes(mail.bytes)} as HTML
            </Text>
          }
        >
          <MailBody key={nameOf(mail)} html={mail.html} text={mail.text} subject={mail.subject} />
        </Card>
      </div>
    </div>
  );
}

/** A template has several samples. */
function nameOf({ template, title }: GalleryMail): string {
  return `${template}: ${title}`;
}

/** By template, in the order that they came. */
function groupsOf(mails: GalleryMail[]): TitleGroup[] {
  return [...new Set(mails.map(({ template }) => template))].map((template) => ({
    group: kindWords(template.replaceAll('-', '_')),
    titles: mails
      .filter((mail) => mail.template === template)
      .map((mail) => ({ name: nameOf(mail), title: mail.title })),
  }));
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toLocaleString(undefined, { maximumFractionDigits: 1 })} kB`;
}
