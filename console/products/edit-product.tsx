import { useQuery } from '@tanstack/react-query';
import { useState, type ComponentProps } from 'react';
import { api, client } from '../app/api.ts';
import { Act } from '../look/act.tsx';
import { undoReason } from '../look/undo-reason.ts';
import type { Product } from './course.ts';
import { changesIn, faultInProduct, productDraftOf, productOf } from './product-draft.ts';
import { ProductFields } from './product-fields.tsx';

/** Adds a product, or changes the one that is given. */
export function EditProduct(props: {
  label: string;
  product?: Product;
  button?: ComponentProps<typeof Act>['button'];
}) {
  const { label, product, button } = props;
  const { data, refetch } = useQuery(api.products.list.queryOptions());
  const [draft, setDraft] = useState(() => productDraftOf(product));
  // What was so when the dialog opened.
  const [former, setFormer] = useState(product);
  const known = former ? [] : (data?.products ?? []).map(({ sku }) => sku);

  async function save(reason: string) {
    if (!former)
      return { ...(await client.products.save.mutate({ ...productOf(draft), reason })), undo: null };
    // What somebody else changed meanwhile stays, now and when it is undone.
    const wish = changesIn(draft, former);
    const { products } = await client.products.list.query();
    const before = products.find(({ sku }) => sku === former.sku) ?? former;
    const out = await client.products.save.mutate({ sku: former.sku, ...wish, reason });
    return {
      ...out,
      undo: { sku: former.sku, ...changesIn(productDraftOf(before), { ...before, ...wish }) },
    };
  }

  return (
    <Act
      right="products"
      label={label}
      {...(button && { button })}
      onOpen={() => {
        setDraft(productDraftOf(product));
        setFormer(product);
        void refetch();
      }}
      title={former ? `Edit ${former.sku}` : 'Add a product'}
      explain={
        former
          ? 'Holds from the next order and the next mail on. Keys that were sent stay as they are.'
          : 'A product has keys of its own. Once it is there, import its keys and map the courses that sell it.'
      }
      reasons={former ? ['The vendor changed it', 'Warn earlier', 'A better text'] : ['A new product']}
      confirm={former ? 'Save' : 'Add'}
      fields={<ProductFields draft={draft} change={setDraft} isNew={former === undefined} />}
      check={() =>
        faultInProduct(draft, known) ||
        (former && Object.keys(changesIn(draft, former)).length === 0 ? 'Nothing is changed yet.' : '')
      }
      run={save}
      done={({ product: { sku }, created, undo }, reason) =>
        undo === null
          ? {
              text: created
                ? `${sku} is there. Import its keys next.`
                : `${sku} was there already, and is changed.`,
            }
          : { text: `${sku} was changed.`, undo: { label: 'Undo', run: () => restore(undo, reason) } }
      }
    />
  );
}

async function restore(former: Pick<Product, 'sku'> & Partial<Product>, reason: string): Promise<string> {
  await client.products.save.mutate({ ...former, reason: undoReason(reason) });
  return `${former.sku} is as it was.`;
}
