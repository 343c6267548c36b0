const WORDS: Record<string, string> = {
  key: 'License key',
  key_replaced: 'A key was replaced',
  key_waiting: 'Your key will follow',
  admin_urgent: 'To the admin: a buyer waits',
  admin_attention: 'To the admin: needs a person',
  admin_mail_failing: 'To the admin: mail does not go out',
  admin_low_stock: 'To the admin: few keys left',
  admin_digest: 'To the admin: the day',
};

/** What a mail is about, as people say it. */
export function kindWords(kind: string): string {
  return WORDS[kind] ?? kind.replaceAll('_', ' ');
}
