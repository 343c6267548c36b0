import { Checkbox, Radio, Stack, Text } from '@mantine/core';
import { useMember, type Right } from '../app/session.ts';
import { extraRights, RIGHT_WORDS, ROLE_WORDS } from './right-words.ts';
import type { Staff } from './staff-list.ts';

export interface Powers {
  role: Staff['role'];
  grants: Right[];
}

const ROLES: Staff['role'][] = ['viewer', 'support', 'admin'];

/** What somebody may do: a role, and rights beyond it. What oneself lacks one cannot give. */
export function MemberFields({ powers, change }: { powers: Powers; change(powers: Powers): void }) {
  const { rights: own } = useMember();
  const { role, grants } = powers;
  const extras = extraRights(role);
  return (
    <Stack gap="md">
      <Radio.Group label="Role" value={role} onChange={(value) => change({ role: roleOf(value), grants })}>
        <Stack gap="xs" mt={6}>
          {ROLES.map((one) => (
            <Radio
              key={one}
              value={one}
              label={ROLE_WORDS[one].word}
              description={ROLE_WORDS[one].sentence}
            />
          ))}
        </Stack>
      </Radio.Group>
      {extras.length === 0 ? (
        <Text size="sm" c="dimmed">
          An admin has all rights: there is nothing to add.
        </Text>
      ) : (
        <Checkbox.Group
          label="Rights beyond the role"
          value={grants.filter((right) => extras.includes(right))}
          onChange={(picked) => change({ role, grants: extras.filter((right) => picked.includes(right)) })}
        >
          <Stack gap="xs" mt={6}>
            {extras.map((right) => (
              <Checkbox
                key={right}
                value={right}
                label={RIGHT_WORDS[right].word}
                description={RIGHT_WORDS[right].sentence}
                disabled={!own.includes(right)}
              />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
    </Stack>
  );
}

function roleOf(word: string): Staff['role'] {
  return ROLES.find((role) => role === word) ?? 'viewer';
}
