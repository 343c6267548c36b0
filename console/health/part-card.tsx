import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { PART_WORDS, type PartName, type Parts } from './health-report.ts';
import { sentenceOf } from './sentence-of.ts';

/** A part of the service: its word, its sentence, and the facts behind it where they could be read. */
export function PartCard<Name extends PartName>(props: {
  name: Name;
  parts: Parts;
  children?(facts: NonNullable<Parts[Name]['facts']>): ReactNode;
}) {
  const { name, parts, children } = props;
  const { status, facts } = parts[name];
  return (
    <Card title={PART_WORDS[name]} aside={<StatusBadge status={status} />}>
      <Text size="sm" mb="sm">
        {sentenceOf(parts, name)}
      </Text>
      {facts !== null && children?.(facts)}
    </Card>
  );
}
