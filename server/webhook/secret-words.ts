/** SECURITY: who has a booking token, or a link that carries one, can cancel the booking or open the customer's panel. */
type SecretKind = 'secret' | 'group' | null;

const GROUP_KEYS = ['compoundtoken', 'collaborativetoken'];
const SECRET_KEY =
  /(?:token|password|nonce)$|^(?:cancel|approve|reject|customerpanel|customercabinet)(?:appointment|booking)?(?:url|link)$/;

/** A shorter token value may be an ordinary word, or part of a phone number, elsewhere in the text. Amelia's has 10 characters. */
export const MIN_TOKEN = 8;
/** For tokens of digits alone, or of letters alone. */
export const MIN_PLAIN_TOKEN = 10;

export function secretKind(key: string): SecretKind {
  const word = key.toLowerCase().replace(/[^a-z]/g, '');
  if (GROUP_KEYS.includes(word)) return 'group';
  return SECRET_KEY.test(word) ? 'secret' : null;
}

const IN_TEXT: [RegExp, string][] = [
  // a query parameter or form field, bare or percent-encoded: token=…, csrf_token%3D…
  [/((?:token|nonce)(?:%5D|\])*(?:=|%3D))(?!'|"|`|\s)[^&#\s"'`<>\\]+/gi, '$1'],
  // JSON, also escaped once or more, but not the name of a group: "token":"…", \"compound_token\":\"…\"
  [
    /((?:token|(?:cancel|panel|cabinet|approve|reject)url)\\*"\s*:\s*\\*")(?!sha256:[0-9a-f]{24}\\*")[^"\\]+/gi,
    '$1',
  ],
  [/(token\\*"\s*:\s*)\d+/gi, '$1null'],
  // SQL: `token` = '…'
  [/(token`?\s*=\s*\\*['"])[^'"\\]+/gi, '$1'],
];

/** Takes tokens out of running text: URLs, SQL, and bodies that could not be parsed. */
export function scrubText(text: string): string {
  return IN_TEXT.reduce((scrubbed, [pattern, kept]) => scrubbed.replace(pattern, kept), text);
}
