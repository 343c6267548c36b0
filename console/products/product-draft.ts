import { MAX_INSTRUCTIONS } from '../../shared/instructions.ts';
import { SKU_PATTERN, SKU_RULE } from '../../shared/sku.ts';
import type { Product } from './course.ts';

/** A product while somebody types it; numbers are text while they are none. */
export interface ProductDraft extends Omit<
  Product,
  'lowStock' | 'holdMinutes' | 'activationUrl' | 'instructions'
> {
  /** '' is the server's own threshold. */
  lowStock: number | string;
  holdMinutes: number | string;
  activationUrl: string;
  instructions: string;
}

export function productDraftOf(product: Product | undefined): ProductDraft {
  return {
    sku: product?.sku ?? '',
    name: product?.name ?? '',
    lowStock: product?.lowStock ?? '',
    onCancel: product?.onCancel ?? 'keep',
    holdMinutes: product?.holdMinutes ?? 60,
    activationUrl: product?.activationUrl ?? '',
    instructions: product?.instructions ?? '',
    tellWaiting: product?.tellWaiting ?? true,
  };
}

/** What is wrong, in a sentence; '' when nothing is. */
export function faultInProduct(draft: ProductDraft, known: readonly string[]): string {
  if (!SKU_PATTERN.test(draft.sku.trim())) return `A SKU has ${SKU_RULE}.`;
  if (known.includes(draft.sku.trim())) return `${draft.sku.trim()} is there already: edit it in the list.`;
  if (draft.lowStock !== '' && !Number.isInteger(draft.lowStock)) return 'Warn below a whole number of keys.';
  if (!Number.isInteger(draft.holdMinutes)) return 'Say for how many minutes keys are held; 0 is not at all.';
  if (draft.activationUrl.trim() !== '' && !isHttps(draft.activationUrl.trim()))
    return 'The activation link begins with https://: mails link to nothing else.';
  if (draft.instructions.length > MAX_INSTRUCTIONS)
    return `The instructions have ${draft.instructions.length.toLocaleString()} characters; at most ${MAX_INSTRUCTIONS.toLocaleString()} fit into a mail.`;
  return '';
}

export function productOf(draft: ProductDraft): Product {
  const { onCancel, tellWaiting } = draft;
  const sku = draft.sku.trim();
  return {
    sku,
    name: draft.name.trim() || sku,
    lowStock: draft.lowStock === '' ? null : Number(draft.lowStock),
    onCancel,
    holdMinutes: Number(draft.holdMinutes),
    activationUrl: draft.activationUrl.trim() || null,
    instructions: draft.instructions.trim() === '' ? null : draft.instructions,
    tellWaiting,
  };
}

/** What the draft says otherwise than `former`. */
export function changesIn(draft: ProductDraft, former: Product): Partial<Omit<Product, 'sku'>> {
  const before = new Map<string, unknown>(Object.entries(former));
  const { sku: _stays, ...now } = productOf(draft);
  return Object.fromEntries(Object.entries(now).filter(([field, value]) => value !== before.get(field)));
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}
