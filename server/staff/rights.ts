import type { StaffRow } from '../store/rows.ts';

export const RIGHTS = ['read', 'resend', 'replay', 'reveal', 'import', 'products', 'verify'] as const;
export type Right = (typeof RIGHTS)[number];

const GRANTED: Record<StaffRow['role'], readonly Right[]> = {
  viewer: ['read'],
  support: ['read', 'resend', 'replay'],
  admin: RIGHTS,
};

export function mayDo(role: StaffRow['role'], right: Right): boolean {
  return GRANTED[role].includes(right);
}
