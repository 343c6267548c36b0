import { Group, NumberInput, Radio, SimpleGrid, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import type { ProductDraft } from './product-draft.ts';

export function ProductFields(props: {
  draft: ProductDraft;
  change(draft: ProductDraft): void;
  isNew: boolean;
}) {
  const { draft, change, isNew } = props;
  const set = (part: Partial<ProductDraft>) => change({ ...draft, ...part });
  return (
    <Stack gap="sm">
      {isNew && (
        <TextInput
          label="SKU"
          description="Short, for lists and imports; it stays"
          placeholder="COURSE-A"
          value={draft.sku}
          maxLength={64}
          spellCheck={false}
          data-autofocus
          onChange={({ currentTarget }) => set({ sku: currentTarget.value })}
        />
      )}
      <TextInput
        label="Name"
        description="What buyers read in their mails"
        placeholder={draft.sku}
        value={draft.name}
        maxLength={200}
        data-autofocus={!isNew || undefined}
        onChange={({ currentTarget }) => set({ name: currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <NumberInput
          label="Warn below"
          description="Keys; empty: as the server"
          min={0}
          max={1_000_000}
          allowDecimal={false}
          value={draft.lowStock}
          onChange={(lowStock) => set({ lowStock })}
        />
        <NumberInput
          label="Hold keys for"
          description="Minutes, until it is paid"
          min={0}
          max={525_600}
          allowDecimal={false}
          value={draft.holdMinutes}
          onChange={(holdMinutes) => set({ holdMinutes })}
        />
      </SimpleGrid>
      <Radio.Group
        label="When a booking is cancelled whose key was seen"
        value={draft.onCancel}
        onChange={(value) => set({ onCancel: value === 'revoke' ? 'revoke' : 'keep' })}
      >
        <Group gap="lg" mt={6}>
          <Radio value="keep" label="keep the key, and ask a person" />
          <Radio value="revoke" label="revoke the key" />
        </Group>
      </Radio.Group>
      <TextInput
        label="Activation link"
        description="Where buyers enter the key; empty for none"
        placeholder="https://"
        type="url"
        value={draft.activationUrl}
        maxLength={2000}
        onChange={({ currentTarget }) => set({ activationUrl: currentTarget.value })}
      />
      <Textarea
        label="Instructions"
        description="Stand in the mail below the key; empty for none"
        autosize
        minRows={2}
        maxRows={8}
        value={draft.instructions}
        onChange={({ currentTarget }) => set({ instructions: currentTarget.value })}
      />
      <Switch
        label="Tell buyers when they have to wait for a key"
        checked={draft.tellWaiting}
        onChange={({ currentTarget }) => set({ tellWaiting: currentTarget.checked })}
      />
    </Stack>
  );
}
