import { Button, SimpleGrid, TextInput, type TextInputProps } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { focusContent } from '../app/arrive.ts';
import classes from './audit-filters.module.css';
import { FILTERS, type Filter, type Filters } from './wanted-lines.ts';

const FIELDS: Record<Filter, Pick<TextInputProps, 'label' | 'placeholder' | 'type'>> = {
  order: { label: 'Order', placeholder: 'amelia:13' },
  subject: { label: 'About', placeholder: 'key:2, staff:2' },
  actor: { label: 'Who', placeholder: 'staff:2, cli, webhook' },
  action: { label: 'What', placeholder: 'key.revealed' },
  since: { label: 'From', type: 'date' },
  until: { label: 'To', type: 'date' },
};

export function AuditFilters({ filters, set }: { filters: Filters; set(part: Partial<Filters>): void }) {
  const isFiltered = FILTERS.some((name) => filters[name] !== '');
  return (
    <search className={classes.filters} aria-label="Filter the trail">
      <SimpleGrid cols={{ base: 2, md: 3 }} spacing="sm">
        {FILTERS.map((name) => (
          <FilterInput
            key={name}
            {...FIELDS[name]}
            value={filters[name]}
            apply={(value) => set({ [name]: value })}
          />
        ))}
      </SimpleGrid>
      {isFiltered && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt="sm"
          leftSection={<IconX size={14} aria-hidden />}
          onClick={() => {
            set({ order: '', subject: '', actor: '', action: '', since: '', until: '' });
            focusContent();
          }}
        >
          Clear all filters
        </Button>
      )}
    </search>
  );
}

/** Applies when somebody is done with it: not each letter is a question to the server. A day is done when it is chosen. */
function FilterInput(props: TextInputProps & { value: string; apply(value: string): void }) {
  const { value, apply, ...input } = props;
  const [text, setText] = useState(value);
  const [applied, setApplied] = useState(value);
  // A link in the list or `Clear` sets the filter from outside.
  if (applied !== value) {
    setApplied(value);
    setText(value);
  }
  const commit = () => {
    if (text.trim() !== value) apply(text.trim());
  };
  return (
    <TextInput
      {...input}
      value={text}
      maxLength={200}
      autoComplete="off"
      spellCheck={false}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        if (input.type === 'date') apply(currentTarget.value);
      }}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
