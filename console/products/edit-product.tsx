import { useQuery } from '@tanstack/react-query';
import { useState, type ComponentProps } from 'react';
import { api, client } from '../app/api.ts';
import { Act } from '../look/act.tsx';
import type { Product } from './course.ts';
import { faultInProduct, productDraftOf, productOf } from './product-draft.ts';
import { ProductFields } from './product-fields.tsx';

/** Adds a product, or changes the one that is given. */
export function EditProduct(props: {
  label: string;
  product?: Product;
  button?: ComponentProps<typeof Act>['button'];
}) {
  const { label, product, button } = props;
  const { data } = useQuery(api.products.list.queryOptions());
  const [draft, setDraft] = useState(() => productDraftOf(product));
  // What was so when the dialog opened: the list behind it goes on asking.
  const [former, setFormer] = useState(product);
  const known = former ? [] : (data?.products ?? []).map(({ sku }) => sku);

  return (
    <Act
      right="products"
      label={label}
      {...(button && { button })}
      onOpen={() => {
        setDraft(productDraftOf(product));
        setFormer(product);
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
      check={() => faultInProduct(draft, known)}
      run={(reason) => client.products.save.mutate({ ...productOf(draft), reason })}
      done={({ product: { sku }, created }) =>
        created || !former
          ? { text: `${sku} is there. Import its keys next.` }
          : { text: `${sku} was changed.`, undo: { label: 'Undo', run: () => restore(former) } }
      }
    />
  );
}

async function restore(former: Product): Promise<string> {
  await client.products.save.mutate({ ...former, reason: 'Undo of what was just saved' });
  return `${former.sku} is as it was.`;
}
