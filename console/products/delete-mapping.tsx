import { client } from '../app/api.ts';
import { Act } from '../look/act.tsx';
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
      done={() => ({
        text: `The mapping of ${words} is deleted.`,
        undo: { label: 'Undo', run: () => restore(mapping) },
      })}
    />
  );
}

async function restore(mapping: Mapping): Promise<string> {
  await client.products.mappings.save.mutate({ ...mapping, reason: 'Undo of what was just deleted' });
  return courseSentence(mapping, `${sellsWords(mapping)} again.`);
}
