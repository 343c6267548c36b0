import { Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconHeartbeat, IconUrgent, type Icon } from '@tabler/icons-react';
import { PART_WORDS, type PartName, type Report } from './health-report.ts';
import classes from './health.module.css';
import { sentenceOf } from './sentence-of.ts';

const WORDS: Record<Report['status'], { icon: Icon; title: string }> = {
  ok: { icon: IconHeartbeat, title: 'All is well' },
  warn: { icon: IconAlertTriangle, title: 'It runs, and something wants your eye' },
  bad: { icon: IconUrgent, title: 'There is trouble' },
};
const NAMES: PartName[] = [
  'database',
  'server',
  'instances',
  'mail',
  'orders',
  'attention',
  'stock',
  'sites',
];

/** The whole in a word, and a sentence for each part that is not well, the worst first. */
export function Overall({ report: { status, parts } }: { report: Report }) {
  const { icon: Icon, title } = WORDS[status];
  const bad = NAMES.filter((name) => parts[name].status === 'bad');
  const warned = NAMES.filter((name) => parts[name].status === 'warn');
  return (
    <section className={classes.overall} data-status={status} aria-label="Overall">
      <span className={classes.sign}>
        <Icon size={30} stroke={1.6} aria-hidden />
      </span>
      <div>
        <Title order={2} size="h3">
          {title}
        </Title>
        {status === 'ok' ? (
          <Text>Orders come in, keys go out, and nothing waits for you.</Text>
        ) : (
          <ul className={classes.troubles}>
            {[...bad, ...warned].map((name) => (
              <li key={name}>
                <strong>{PART_WORDS[name]}.</strong> {sentenceOf(parts, name)}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
