import { useState, type ComponentProps } from 'react';
import { client } from '../app/api.ts';
import { Act } from '../look/act.tsx';
import { undoReason } from '../look/undo-reason.ts';
import {
  courseSentence,
  courseWords,
  isSameCourse,
  sellsWords,
  type Course,
  type Mapping,
} from './course.ts';
import { CourseFields } from './course-fields.tsx';
import { draftOf, faultIn, mappingOf } from './mapping-draft.ts';

/** A button that says what a course sells: a product, or no key. */
export function MapCourse(props: {
  label: string;
  /** The course, where it is known; otherwise the dialog asks for it. */
  preset?: Course;
  /** What the dialog begins with: what the course sells now. */
  sells?: Pick<Mapping, 'sku' | 'quantity' | 'per'>;
  button?: ComponentProps<typeof Act>['button'];
}) {
  const { label, preset, sells, button } = props;
  const [draft, setDraft] = useState(() => draftOf(preset, sells));

  async function save(reason: string) {
    const mapping = mappingOf(draft);
    const { mappings } = await client.products.mappings.list.query();
    const former = mappings.find((other) => isSameCourse(other, mapping)) ?? null;
    const { newProduct } = await client.products.mappings.save.mutate({ ...mapping, reason });
    return { mapping, former, newProduct };
  }

  return (
    <Act
      right="products"
      label={label}
      {...(button && { button })}
      onOpen={() => setDraft(draftOf(preset, sells))}
      title={preset ? `What does ${courseWords(preset)} sell?` : 'What does a course sell?'}
      explain="Orders that waited for the course are decided at once, and their keys are mailed. What was sold before stays as it is."
      reasons={['A new course', 'Was mapped wrongly', 'The product changed']}
      confirm="Save"
      fields={<CourseFields draft={draft} change={setDraft} isPreset={preset !== undefined} />}
      check={() => faultIn(draft)}
      run={save}
      done={({ mapping, former, newProduct }, reason) => ({
        text:
          `${courseSentence({ ...mapping, name: preset?.name ?? null }, sellsWords(mapping))}. ` +
          `${newProduct ? `${mapping.sku} is a new product: import its keys. ` : ''}` +
          'Orders that waited for the course are decided now.',
        undo: { label: 'Undo', run: () => takeBack(mapping, former, undoReason(reason)) },
      })}
    />
  );
}

const SENT = 'Keys that were sent meanwhile stay with their buyers.';

async function takeBack(mapping: Mapping, former: Mapping | null, reason: string): Promise<string> {
  if (former === null) {
    const { site, source, kind, itemId } = mapping;
    await client.products.mappings.delete.mutate({ site, source, kind, itemId, reason });
    return courseSentence(mapping, `has no mapping again. ${SENT}`);
  }
  await client.products.mappings.save.mutate({ ...former, reason });
  return courseSentence(mapping, `${sellsWords(former)} again. ${SENT}`);
}
