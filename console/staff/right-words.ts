import type { Right, Staff } from './staff-list.ts';

/** What each right lets its holder do. */
export const RIGHT_WORDS: Record<Right, { word: string; sentence: string }> = {
  read: { word: 'Look', sentence: 'See orders, stock, deliveries, mails and lists.' },
  resend: {
    word: 'Send again',
    sentence:
      'Send keys again, correct addresses, lift suppressions and retry mails. A mail brings the whole key.',
  },
  replay: { word: 'Read again', sentence: 'Read one delivery of a booking plugin again.' },
  cancel: { word: 'Cancel', sentence: 'Cancel an order.' },
  replace: { word: 'Replace', sentence: 'Replace a key by another one.' },
  revoke: { word: 'Revoke', sentence: 'Revoke a key.' },
  give: { word: 'Give', sentence: 'Give keys without a booking, and add keys to an order.' },
  settle: { word: 'Settle', sentence: 'Settle what waits for a person, and reopen it.' },
  reveal: {
    word: 'See whole keys',
    sentence: 'Read a whole key on the screen; each look is in the audit trail.',
  },
  import: { word: 'Import', sentence: 'Bring keys in, and undo that.' },
  products: { word: 'Products', sentence: 'Change products, and what courses sell.' },
  bulk: { word: 'Read many again', sentence: 'Read many deliveries again at once.' },
  audit: { word: 'Audit', sentence: 'Read and export the audit trail.' },
  staff: {
    word: 'Staff',
    sentence:
      'Add, change, renew and revoke staff who may do no more than they, and give the rights they have.',
  },
  verify: { word: 'Verify', sentence: 'Check all promises over the whole database.' },
};

/** Each role with the rights that come with it: as in server/staff/rights.ts, which decides. */
export const ROLE_WORDS: Record<
  Staff['role'],
  { word: string; sentence: string; includes: Right[] | 'all' }
> = {
  viewer: {
    word: 'Viewer',
    sentence: 'Looks at orders, stock, deliveries and mails, whole keys masked, and changes nothing.',
    includes: ['read'],
  },
  support: {
    word: 'Support',
    sentence: 'Helps buyers: sends again, corrects, replaces, revokes, gives, cancels and settles.',
    includes: ['read', 'resend', 'replay', 'cancel', 'replace', 'revoke', 'give', 'settle'],
  },
  admin: { word: 'Admin', sentence: 'May do everything, and decides who may do what.', includes: 'all' },
};

export const RIGHTS: Right[] = Object.keys(RIGHT_WORDS).filter(isRight);

function isRight(word: string): word is Right {
  return word in RIGHT_WORDS;
}

/** What can be given to a role beyond what it has. */
export function extraRights(role: Staff['role']): Right[] {
  const { includes } = ROLE_WORDS[role];
  return includes === 'all' ? [] : RIGHTS.filter((right) => !includes.includes(right));
}

export function listed(rights: readonly Right[]): string {
  return rights.map((right) => RIGHT_WORDS[right].word.toLowerCase()).join(', ');
}
