import { Alert, Button, List, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';

export interface RefusedMail {
  to: string;
  why: string;
}

/** Of as many is said to whom they go. */
const NAMED = 3;

/** Which mails were not queued again, by what stood in the way. */
export function RefusedMails({ refused, forget }: { refused: RefusedMail[]; forget(): void }) {
  const reasons = [...new Set(refused.map(({ why }) => why))];
  return (
    <Alert color="red.9" variant="outline" m="md" icon={<IconAlertCircle aria-hidden />} role="alert">
      <Text size="sm" fw={600}>
        {refused.length === 1
          ? 'One mail was left as it was:'
          : `${refused.length} mails were left as they were:`}
      </Text>
      <List size="sm" my={6}>
        {reasons.map((why) => (
          <List.Item key={why} style={{ overflowWrap: 'anywhere' }}>
            <b>{names(refused.filter((mail) => mail.why === why))}</b>: {why}
          </List.Item>
        ))}
      </List>
      <Button size="compact-sm" variant="default" onClick={forget}>
        Understood
      </Button>
    </Alert>
  );
}

function names(mails: RefusedMail[]): string {
  const more = mails.length > NAMED ? ` and ${mails.length - NAMED} more` : '';
  return `${mails
    .slice(0, NAMED)
    .map(({ to }) => to)
    .join(', ')}${more}`;
}
