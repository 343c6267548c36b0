import { Chip, Group, TextInput } from '@mantine/core';

/** As the server keeps it (server/staff/reason.ts). */
export const MAX_REASON = 200;

/** Why somebody acts: in their own words, or one of the usual ones by a click. */
export function ReasonField(props: {
  reason: string;
  change(reason: string): void;
  /** Somebody wanted to go on without one. */
  isMissing: boolean;
  usual: string[];
  /** It is where one begins to type. */
  isFirst: boolean;
}) {
  const { reason, change, isMissing, usual, isFirst } = props;
  return (
    <>
      <TextInput
        label="Reason"
        description="Kept in the audit trail, with your name."
        placeholder="Why?"
        value={reason}
        maxLength={MAX_REASON}
        data-autofocus={isFirst || undefined}
        errorProps={{ role: 'alert' }}
        error={isMissing && reason.trim() === '' && 'Say why in a few words.'}
        onChange={(event) => change(event.currentTarget.value)}
      />
      {usual.length > 0 && (
        <Chip.Group value={reason} onChange={change} multiple={false}>
          <Group gap={6} role="group" aria-label="Usual reasons">
            {usual.map((text) => (
              <Chip key={text} value={text} size="xs" variant="outline">
                {text}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
    </>
  );
}
