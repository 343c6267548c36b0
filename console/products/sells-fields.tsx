import { Autocomplete, Group, NumberInput, Radio, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { SKU_PATTERN } from '../../shared/sku.ts';
import { api } from '../app/api.ts';
import type { MappingDraft } from './mapping-draft.ts';

/** How many keys of which product; one that is not there yet is typed. */
export function SellsFields({ draft, change }: { draft: MappingDraft; change(draft: MappingDraft): void }) {
  const { data } = useQuery(api.products.list.queryOptions());
  const products = data?.products ?? [];
  const names = new Map(products.map(({ sku, name }) => [sku, name]));
  const sku = draft.sku.trim();
  const isNew = data !== undefined && SKU_PATTERN.test(sku) && !names.has(sku);
  return (
    <Stack gap="sm">
      <Autocomplete
        label="Product"
        description={
          isNew
            ? `${sku} is new: it becomes a product, and its orders wait until you import keys.`
            : (names.get(sku) ?? 'Choose one, or type the SKU of a new one')
        }
        placeholder="COURSE-A"
        value={draft.sku}
        data={[...names.keys()]}
        renderOption={({ option }) => (
          <div>
            <Text size="sm" fw={600}>
              {option.value}
            </Text>
            {names.get(option.value) !== option.value && (
              <Text size="xs" c="dimmed">
                {names.get(option.value)}
              </Text>
            )}
          </div>
        )}
        maxLength={64}
        // The list itself scrolls, not an area within it that no key reaches.
        withScrollArea={false}
        styles={{ options: { maxHeight: 240, overflowY: 'auto' } }}
        spellCheck={false}
        onChange={(value) => change({ ...draft, sku: value })}
      />
      <NumberInput
        label="Keys"
        min={1}
        max={50}
        allowDecimal={false}
        value={draft.quantity}
        onChange={(quantity) => change({ ...draft, quantity })}
      />
      <Radio.Group
        label="So many"
        value={draft.per}
        onChange={(value) => change({ ...draft, per: value === 'purchase' ? 'purchase' : 'booking' })}
      >
        <Group gap="lg" mt={6} align="start">
          <Radio value="booking" label="per person of each booking" />
          <Radio
            value="purchase"
            label="once per purchase"
            description="A series, cart or package bought together gets one lot."
          />
        </Group>
      </Radio.Group>
    </Stack>
  );
}
