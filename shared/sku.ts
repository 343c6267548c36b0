import { z } from 'zod';

/** What a product is called in the stock, in mappings and on the command line. */
export const SKU_PATTERN = /^[A-Za-z0-9._-]{1,64}$/;
export const SKU_RULE = '1 to 64 letters, digits, dots, hyphens or underscores';
export const skuSchema = z.string().regex(SKU_PATTERN, `a SKU has ${SKU_RULE}`);
