import type { StaffRow } from '../store/rows.ts';

export const RIGHTS = [
  'read',
  'resend',
  'replay',
  'cancel',
  'replace',
  'revoke',
  'give',
  'settle',
  'reveal',
  'import',
  'products',
  'bulk',
  'audit',
  'staff',
  'verify',
] as const;
export type Right = (typeof RIGHTS)[number];

/** From the least to the most. */
export const ROLES = ['viewer', 'support', 'admin'] as const satisfies readonly StaffRow['role'][];

const GRANTED: Record<StaffRow['role'], readonly Right[]> = {
  viewer: ['read'],
  support: ['read', 'resend', 'replay', 'cancel', 'replace', 'revoke', 'give', 'settle'],
  admin: RIGHTS,
};

/** What each procedure asks of who calls it. One that is not here may be called by nobody. */
export const PROCEDURE_RIGHTS: Readonly<Record<string, Right>> = {
  'attention.list': 'read',
  'attention.reopen': 'settle',
  'attention.settle': 'settle',
  'audit.export': 'audit',
  'audit.list': 'audit',
  'deliveries.countReplay': 'bulk',
  'deliveries.get': 'read',
  'deliveries.list': 'read',
  'deliveries.replay': 'replay',
  'deliveries.replayMany': 'bulk',
  'health.get': 'read',
  'keys.find': 'read',
  'keys.give': 'give',
  'keys.import': 'import',
  'keys.imports': 'read',
  'keys.replace': 'replace',
  'keys.reveal': 'reveal',
  'keys.revoke': 'revoke',
  'keys.undoImport': 'import',
  'mail.allow': 'resend',
  'mail.gallery': 'read',
  'mail.list': 'read',
  'mail.preview': 'read',
  'mail.retry': 'resend',
  'mail.reveal': 'reveal',
  'mail.status': 'read',
  'mail.suppressed': 'read',
  'orders.addKeys': 'give',
  'orders.cancel': 'cancel',
  'orders.correct': 'resend',
  'orders.get': 'read',
  'orders.lookup': 'read',
  'orders.replay': 'replay',
  'orders.resend': 'resend',
  'orders.waiting': 'read',
  'products.list': 'read',
  'products.mappings.delete': 'products',
  'products.mappings.list': 'read',
  'products.mappings.save': 'products',
  'products.save': 'products',
  'sites.list': 'read',
  'staff.add': 'staff',
  'staff.change': 'staff',
  'staff.list': 'staff',
  'staff.me': 'read',
  'staff.renew': 'staff',
  'staff.revoke': 'staff',
  'stock.list': 'read',
  'verify.run': 'verify',
};

/** The role's rights and those granted beyond them. */
export function rightsOf(member: Pick<StaffRow, 'role' | 'grants'>): Right[] {
  const granted = grantsOf(member);
  return RIGHTS.filter((right) => GRANTED[member.role].includes(right) || granted.includes(right));
}

/** The rights beyond the role's. */
export function grantsOf({ grants }: Pick<StaffRow, 'grants'>): Right[] {
  const granted = grants.split(' ');
  return RIGHTS.filter((right) => granted.includes(right));
}

/** How a row keeps them: what the role has anyway is left out, so that a lower role later does not keep it. */
export function keptGrants(role: StaffRow['role'], wanted: readonly Right[]): string {
  return RIGHTS.filter((right) => wanted.includes(right) && !GRANTED[role].includes(right)).join(' ');
}

export function mayDo(member: Pick<StaffRow, 'role' | 'grants'>, right: Right): boolean {
  return rightsOf(member).includes(right);
}
