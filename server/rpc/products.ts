import { z } from 'zod';
import { valueOf } from '../errors.ts';
import { deleteMapping, saveMapping } from '../products/mappings.ts';
import { saveProduct } from '../products/save-product.ts';
import { itemRef, mappingInput, mappingRow, productInput, productRow, reasonInput } from './shapes.ts';
import { router, staffProcedure } from './trpc.ts';

const mappingsRouter = router({
  list: staffProcedure
    .output(z.object({ mappings: z.array(mappingRow) }))
    .query(async ({ ctx }) => ({ mappings: await ctx.deps.store.listMappings() })),

  save: staffProcedure
    .input(mappingInput.extend({ reason: reasonInput }))
    .output(z.object({ mapping: mappingRow, newProduct: z.boolean() }))
    .mutation(async ({ ctx, input: { reason, ...mapping } }) =>
      valueOf(await saveMapping(ctx.deps, { mapping, reason, actor: ctx.actor })),
    ),

  delete: staffProcedure
    .input(itemRef.extend({ reason: reasonInput }))
    .output(z.object({ deleted: z.literal(true) }))
    .mutation(async ({ ctx, input: { reason, ...item } }) =>
      valueOf(await deleteMapping(ctx.deps, { item, reason, actor: ctx.actor })),
    ),
});

export const productsRouter = router({
  list: staffProcedure
    .output(z.object({ products: z.array(productRow) }))
    .query(async ({ ctx }) => ({ products: await ctx.deps.store.listProducts() })),

  save: staffProcedure
    .input(productInput.extend({ reason: reasonInput }))
    .output(z.object({ product: productRow, created: z.boolean() }))
    .mutation(async ({ ctx, input: { reason, ...product } }) =>
      valueOf(await saveProduct(ctx.deps, { product, reason, actor: ctx.actor })),
    ),

  mappings: mappingsRouter,
});
