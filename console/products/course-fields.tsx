import { Group, NativeSelect, Radio, SimpleGrid, Stack, TextInput } from '@mantine/core';
import type { Course } from './course.ts';
import type { MappingDraft } from './mapping-draft.ts';
import { SellsFields } from './sells-fields.tsx';

interface Props {
  draft: MappingDraft;
  change(draft: MappingDraft): void;
}

export function CourseFields({ draft, change, isPreset }: Props & { isPreset: boolean }) {
  return (
    <Stack gap="sm">
      {!isPreset && <WhichCourse draft={draft} change={change} />}
      <Radio.Group
        label="It sells"
        value={draft.sells}
        onChange={(value) => change({ ...draft, sells: value === 'nothing' ? 'nothing' : 'product' })}
      >
        <Group gap="lg" mt={6}>
          <Radio value="product" label="Keys of a product" />
          <Radio value="nothing" label="No key" />
        </Group>
      </Radio.Group>
      {draft.sells === 'product' && <SellsFields draft={draft} change={change} />}
    </Stack>
  );
}

function WhichCourse({ draft, change }: Props) {
  const { course } = draft;
  const set = (part: Partial<Course>) => change({ ...draft, course: { ...course, ...part } });
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <NativeSelect
        label="Booking plugin"
        value={course.source}
        data={[
          { value: 'amelia', label: 'Amelia' },
          { value: 'bookly', label: 'Bookly' },
        ]}
        onChange={({ currentTarget }) =>
          set({ source: currentTarget.value === 'bookly' ? 'bookly' : 'amelia' })
        }
      />
      <NativeSelect
        label="Kind"
        value={course.kind}
        data={[
          { value: 'service', label: 'Service' },
          { value: 'event', label: 'Event' },
          { value: 'package', label: 'Package' },
        ]}
        onChange={({ currentTarget }) => set({ kind: kindOf(currentTarget.value) })}
      />
      <TextInput
        label="Id"
        description="As the plugin's own list shows it"
        value={course.itemId}
        maxLength={80}
        data-autofocus
        onChange={({ currentTarget }) => set({ itemId: currentTarget.value })}
      />
      <TextInput
        label="Site"
        description="Empty for the main one"
        value={course.site}
        maxLength={40}
        onChange={({ currentTarget }) => set({ site: currentTarget.value })}
      />
    </SimpleGrid>
  );
}

function kindOf(word: string): Course['kind'] {
  return word === 'event' || word === 'package' ? word : 'service';
}
