import { span } from '../look/local-time.ts';
import { wordOf } from '../look/status-words.ts';
import { When } from '../look/when.tsx';
import { Facts } from '../look/facts.tsx';
import type { Parts } from './health-report.ts';
import { PartCard } from './part-card.tsx';

type MailFacts = NonNullable<Parts['mail']['facts']>;

/** What runs the service: the database, this server, the mail queue. */
export function MachineParts({ parts }: { parts: Parts }) {
  return (
    <>
      <PartCard name="database" parts={parts}>
        {({ engine, version, pingMs, locks }) => (
          <Facts
            of={[
              ['Engine', engine],
              ['Version', version],
              ['Answers in', `${Math.round(pingMs)} ms`],
              ['Waits for a row', locks.waits === null ? 'not told' : locks.waits.toLocaleString()],
              ['Deadlocks', locks.deadlocks === null ? 'not told' : locks.deadlocks.toLocaleString()],
              ['Counted over', locks.countedMs === null ? 'all time' : `the last ${span(locks.countedMs)}`],
            ]}
          />
        )}
      </PartCard>
      <PartCard name="server" parts={parts}>
        {({ version, startedAt, publicUrl, setUp }) => (
          <Facts
            of={[
              ['Version', version],
              ['Started', <When key="at" at={startedAt} none="not by this process" />],
              ['Reached as', publicUrl],
              ['Mail leaves by', MAIL_WAYS[setUp.mail]],
              [
                'Admin mails',
                setUp.hasAdmin ? 'go to an address' : 'go to nobody: KEYBANK_ADMIN_EMAIL is not set',
              ],
              ['Default product', setUp.hasDefaultSku ? 'one serves courses without a mapping' : 'none'],
            ]}
          />
        )}
      </PartCard>
      <PartCard name="mail" parts={parts}>
        {({ worker, due, oldestDueMs, troubled }) => (
          <Facts
            of={[
              ['Worker', workerWords(worker)],
              ['Rests until', worker?.paused ? <When key="at" at={worker.paused.until} /> : null],
              ['Due now', due === 0 ? 'none' : due.toLocaleString()],
              ['Oldest due for', oldestDueMs === null ? null : span(oldestDueMs)],
              ...troubled
                .filter(({ count }) => count > 0)
                .map(({ status, count, isMore }): [string, string] => [
                  `Of today, ${wordOf(status)}`,
                  `${count}${isMore ? ' or more' : ''}`,
                ]),
            ]}
          />
        )}
      </PartCard>
    </>
  );
}

const MAIL_WAYS: Record<NonNullable<Parts['server']['facts']>['setUp']['mail'], string> = {
  mailbox: 'nowhere: a folder keeps it',
  smtp: 'SMTP',
  postmark: 'Postmark',
  sendgrid: 'SendGrid',
};

function workerWords(worker: MailFacts['worker']): string {
  if (worker === null) return 'does not run in this process';
  if (worker.paused) return `rests: ${worker.paused.why}`;
  return worker.sending === 0 ? 'ready' : `sends ${worker.sending} right now`;
}
