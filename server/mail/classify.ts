/** How one try to send ended. `why` is a sentence of ours, never the server's: theirs quote addresses. */
export type SendOutcome =
  | { kind: 'accepted'; providerId?: string }
  | {
      kind: 'transient' | 'permanent' | 'configuration' | 'unknown';
      code: string;
      why: string;
      /** The server asks for less mail, whoever it is for: the whole queue rests a little. */
      slowDown?: true;
    };

/** What the mail library says of a failure, and whether a byte of the message may have left. */
export interface MailFault {
  code: string | null;
  /** What the system called it, e.g. ECONNREFUSED or a TLS error. */
  originalCode: string | null;
  responseCode: number | null;
  command: string | null;
  response: string | null;
  /** True once the message's body began to flow: the library reports every later cut as if it had never connected. */
  bodySent: boolean;
}

const AUTH_CODES = ['EAUTH', 'ENOAUTH', 'EOAUTH2'];
const SETUP_CODES = ['ECONFIG', 'EPROXY', 'EREQUIRETLS'];
const MAIL_COMMANDS = ['MAIL FROM', 'RCPT TO', 'DATA'];
/** Replies that say the session lacks a login or encryption, whichever command they answer. */
const LOGIN_REPLIES = [530, 534, 535, 538];
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO/;

const SENTENCES: Readonly<Record<string, string>> = {
  'MAIL FROM': 'the mail server refused the sender',
  'RCPT TO': 'the mail server refused the recipient',
  DATA: 'the mail server refused the message',
};

/** What is said of settings; a 4xx that says so is a matter of time. */
const SETTINGS = {
  login: 'the mail server refused the login',
  encryption: 'the connection cannot be encrypted as demanded',
  server: 'the mail settings do not fit this server',
  certificate: 'the mail server cannot prove its name (TLS)',
  mailbox: 'the local mailbox cannot be written',
};

/** Whether an answer that was kept blames the settings: no mail leaves until they are right. */
export function blamesSettings({ code, why }: { code: string; why: string | null }): boolean {
  const isTemporary = /smtp_4\d\d$/.test(code);
  return !isTemporary && Object.values(SETTINGS).some((sentence) => (why ?? '').startsWith(sentence));
}

/**
 * The table of outcomes. Permanent is 5xx AND an answer to MAIL FROM, RCPT TO or DATA (503 says the session was out of
 * step, not the mail); a refused login or missing STARTTLS is the configuration's fault though its code is 5xx.
 */
export function classify(fault: MailFault): SendOutcome {
  const { code, responseCode: reply, command } = fault;
  const isTemporary = reply !== null && reply >= 400 && reply < 500;
  const isMailAnswer = reply !== null && MAIL_COMMANDS.includes(command ?? '');
  const result = (
    kind: 'transient' | 'permanent' | 'configuration' | 'unknown',
    sentence: string,
  ): SendOutcome => ({
    kind,
    code: reply !== null ? `smtp_${reply}` : (code ?? 'fault').toLowerCase(),
    why: `${sentence}${detail(fault)}`,
    ...(kind === 'transient' && asksForLess(fault) ? { slowDown: true } : {}),
  });

  if (AUTH_CODES.includes(code ?? '') || (isMailAnswer && LOGIN_REPLIES.includes(reply)))
    return result(isTemporary ? 'transient' : 'configuration', SETTINGS.login);
  // A cut during the upgrade is ETLS too, but its command is CONN: only an answer to STARTTLS tells of the set-up.
  if (code === 'ETLS' && command === 'STARTTLS' && !isTemporary)
    return result('configuration', SETTINGS.encryption);
  if (SETUP_CODES.includes(code ?? '')) return result('configuration', SETTINGS.server);
  if (!fault.bodySent && code === 'ESOCKET' && CERTIFICATE.test(fault.originalCode ?? ''))
    return result('configuration', SETTINGS.certificate);

  if (isMailAnswer) {
    const isFinal = reply >= 500 && reply < 600 && reply !== 503;
    return result(isFinal ? 'permanent' : 'transient', SENTENCES[command ?? ''] ?? 'the mail server refused');
  }
  if (reply !== null && reply >= 400) return result('transient', 'the mail server closed the session');
  if (fault.bodySent) return result('unknown', 'the connection broke after the message was sent');
  if (code === 'EMESSAGE' || code === 'EENVELOPE')
    return result('permanent', 'the message cannot be sent to this server');
  return result('transient', 'the mail server could not be reached');
}

/**
 * 421 closes the session, a 4xx for the sender or the login is about how much we send. A 4xx for the recipient or the
 * message is not: one full or greylisting mailbox must not hold up all others.
 */
function asksForLess({ code, responseCode: reply, command }: MailFault): boolean {
  if (reply === null || reply < 400 || reply >= 500) return false;
  return reply === 421 || command === 'MAIL FROM' || AUTH_CODES.includes(code ?? '');
}

/** ` (550 5.1.1)`: the numbers of the answer, or the system's word. */
function detail({ responseCode, response, code, originalCode }: MailFault): string {
  if (responseCode === null) return code ? ` (${originalCode ?? code})` : '';
  const enhanced = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(response ?? '');
  return ` (${responseCode}${enhanced ? ` ${enhanced[0]}` : ''})`;
}
