import { attentionRouter } from './attention.ts';
import { auditRouter } from './audit.ts';
import { deliveriesRouter } from './deliveries.ts';
import { healthRouter } from './health.ts';
import { keysRouter } from './keys.ts';
import { mailRouter } from './mail.ts';
import { ordersRouter } from './orders.ts';
import { productsRouter } from './products.ts';
import { sitesRouter } from './sites.ts';
import { staffRouter } from './staff.ts';
import { stockRouter } from './stock.ts';
import { createCallerFactory, router } from './trpc.ts';
import { verifyRouter } from './verify.ts';

export const appRouter = router({
  attention: attentionRouter,
  audit: auditRouter,
  deliveries: deliveriesRouter,
  health: healthRouter,
  keys: keysRouter,
  mail: mailRouter,
  orders: ordersRouter,
  products: productsRouter,
  sites: sitesRouter,
  staff: staffRouter,
  stock: stockRouter,
  verify: verifyRouter,
});

export type AppRouter = typeof appRouter;

/** Calls procedures without HTTP, for tests. */
export const createCaller = createCallerFactory(appRouter);
