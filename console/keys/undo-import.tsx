import { Text, type ButtonProps } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useState } from 'react';
import { client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { faultOf } from '../app/server-fault.ts';
import { Act } from '../look/act.tsx';
import { keyCount } from '../look/counts.ts';

/** Counts first: what is sold stays. */
export function UndoImport(props: {
  importId: string;
  sku: string;
  button?: Pick<ButtonProps, 'size' | 'variant'>;
  undone?(): void;
}) {
  const { importId, sku, button, undone } = props;
  const [count, setCount] = useState<Outputs['keys']['undoImport'] | string | null>(null);
  function look() {
    setCount(null);
    client.keys.undoImport
      .mutate({ importId, reason: 'how many would it be', dryRun: true })
      .then(setCount, (error: unknown) => setCount(faultOf(error).sentence));
  }
  return (
    <Act
      right="import"
      label="Undo"
      icon={IconArrowBackUp}
      button={{ ...button, 'aria-label': `Undo the import of ${sku}` }}
      isDangerous
      title="Undo the import"
      explain="Keys that nobody has yet leave stock. Sold and revoked ones stay with their orders. To have the keys back, import them again."
      fields={<Text aria-live="polite">{words(count)}</Text>}
      reasons={['Wrong product', 'The vendor sent another list']}
      confirm="Undo the import"
      onOpen={look}
      run={(reason) => client.keys.undoImport.mutate({ importId, reason })}
      done={({ removed, kept, left }) => {
        undone?.();
        const rest = left === 0 ? '' : ` ${left} are just being sold: undo once more.`;
        return {
          text: `${keyCount(removed)} of ${sku} left stock; ${kept.assigned + kept.held} are sold or on hold and stay.${rest}`,
        };
      }}
    />
  );
}

function words(count: Outputs['keys']['undoImport'] | string | null): string {
  if (count === null) return 'Counting …';
  if (typeof count === 'string') return count;
  const { assigned, held, revoked } = count.kept;
  return `${count.removed.toLocaleString()} would leave stock; ${assigned} sold, ${held} on hold and ${revoked} revoked stay.`;
}
