import { z } from 'zod';
import { valueOf } from '../errors.ts';
import { addStaff } from '../staff/add-staff.ts';
import { changeStaff } from '../staff/change-staff.ts';
import { listStaff } from '../staff/list-staff.ts';
import { describeMember } from '../staff/member.ts';
import { renewToken } from '../staff/renew-token.ts';
import { revokeStaff } from '../staff/revoke-staff.ts';
import { RIGHTS, ROLES } from '../staff/rights.ts';
import { reasonInput } from './shapes.ts';
import { router, staffProcedure } from './trpc.ts';

const staffId = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const role = z.enum(ROLES);
const rights = z.array(z.enum(RIGHTS));
const grants = rights.max(100);

const member = z.object({ staffId: z.number(), name: z.string(), role, rights });
/** The only answers that hold a token. */
const memberWithToken = member.extend({ token: z.string() });
const listed = member.extend({
  grants: rights,
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});

const change = z
  .object({ staffId, role: role.optional(), grants: grants.optional(), reason: reasonInput })
  .refine((wish) => wish.role !== undefined || wish.grants !== undefined, {
    message: 'name what changes: role, grants, or both',
    path: ['role'],
  });

export const staffRouter = router({
  add: staffProcedure
    .input(
      z.object({
        name: z.string().max(1000),
        role: role.default('viewer'),
        grants: grants.default([]),
        reason: reasonInput,
      }),
    )
    .output(memberWithToken)
    .mutation(async ({ ctx, input }) => valueOf(await addStaff(ctx.deps, { ...input, actor: ctx.actor }))),

  change: staffProcedure
    .input(change)
    .output(member)
    .mutation(async ({ ctx, input }) => valueOf(await changeStaff(ctx.deps, { ...input, actor: ctx.actor }))),

  list: staffProcedure
    .output(z.object({ members: z.array(listed) }))
    .query(async ({ ctx }) => ({ members: await listStaff(ctx.deps) })),

  me: staffProcedure.output(member).query(({ ctx }) => describeMember(ctx.member)),

  renew: staffProcedure
    .input(z.object({ staffId, reason: reasonInput }))
    .output(memberWithToken)
    .mutation(async ({ ctx, input }) => valueOf(await renewToken(ctx.deps, { ...input, actor: ctx.actor }))),

  revoke: staffProcedure
    .input(z.object({ staffId, reason: reasonInput }))
    .output(z.object({ staffId: z.number(), revokedAt: z.iso.datetime() }))
    .mutation(async ({ ctx, input }) => valueOf(await revokeStaff(ctx.deps, { ...input, actor: ctx.actor }))),
});
