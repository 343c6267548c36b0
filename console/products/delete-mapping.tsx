import { client } from '../app/api.ts';
import { Act } from '../look/act.tsx';
import { undoReason } from '../look/undo-reason.ts';
import { courseSentence, courseWords, sellsWords, type Mapping } from './course.ts';

export function DeleteMapping({ mapping }: { mapping: Mapping }) {
  const { site, source, kind, itemId } = mapping;
  const words = courseWords(mapping);
  return (
    <Act
      right="products"
      label="Delete"
      button={{ size: 'compact-sm', 'aria-label': `Delete the mapping of ${words}` }}
      title={`Delete the mapping of ${words}?`}
      explain="Its next bookings ask a person, or sell the server's default product if it has one. What was sold stays as it is. If the course is to sell no key, change the mapping instead."
      reasons={['The course is over', 'Was mapped wrongly']}
      confirm="Delete"
      isDangerous
      run={(reason) => client.products.mappings.delete.mutate({ site, source, kind, itemId, reason })}
      done={(_out, reason) => ({
        text: `The mapping of ${words} is deleted.`,
        undo: { label: 'Undo', run: () => restore(mapping, reason) },
      })}
    />
  );
}

async function restore(mapping: Mapping, reason: string): Promise<string> {
  await client.products.mappings.save.mutate({ ...mapping, reason: undoReason(reason) });
  return courseSentence(mapping, `${sellsWords(mapping)} again.`);
}
