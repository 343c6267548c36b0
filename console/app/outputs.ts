import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/rpc/router.ts';

/** What the procedures answer, by name. */
export type Outputs = inferRouterOutputs<AppRouter>;
/** What they take. */
export type Inputs = inferRouterInputs<AppRouter>;
