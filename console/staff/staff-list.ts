import type { Outputs } from '../app/outputs.ts';

/** A member of staff, who may have been revoked. */
export type Staff = Outputs['staff']['list']['members'][number];
export type Right = Staff['rights'][number];
/** Answers that hold a token; they are never cached. */
export type WithToken = Outputs['staff']['add'];
