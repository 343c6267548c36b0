import type { MailConfig } from '../config-values.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

export interface SmtpProvider {
  /** For logs and the console: no credentials. */
  name: string;
  host: string;
  port: number;
  /** TLS from the first byte. */
  secure: boolean;
  /** STARTTLS or nothing is sent. */
  requireTLS: boolean;
  ignoreTLS: boolean;
  login: { user: string; pass: string } | null;
  /** Headers that carry opaque ids to the provider's events, and keep links and pixels untouched. */
  headers(ids: Readonly<Record<string, string>>): { key: string; value: string; prepared: boolean }[];
}

/**
 * What KEYBANK_MAIL means on the wire. With a login, STARTTLS is demanded unless the host is this machine;
 * `?tls=required` and `?tls=none` say otherwise. SECURITY: throws without quoting the value, which holds a password.
 */
export function smtpProvider(mail: Exclude<MailConfig, { kind: 'mailbox' }>): SmtpProvider {
  switch (mail.kind) {
    case 'postmark':
      return postmark(mail.token);
    case 'sendgrid':
      return sendgrid(mail.key);
    case 'smtp':
      if (!URL.canParse(mail.url)) throw new Error('KEYBANK_MAIL: want smtp://user:pass@host:port');
      return fromUrl(new URL(mail.url));
  }
}

function fromUrl(url: URL): SmtpProvider {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'smtps:';
  const tls = url.searchParams.get('tls') ?? '';
  if (!host) throw new Error('KEYBANK_MAIL: the address names no host');
  if (!['', 'required', 'none'].includes(tls)) throw new Error('KEYBANK_MAIL: tls is required or none');
  const login = url.username ? { user: part(url.username), pass: part(url.password) } : null;
  const isLocal = LOOPBACK.includes(host);
  return {
    name: `${secure ? 'smtps' : 'smtp'}://${url.host}`,
    host,
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    requireTLS: !secure && (tls === 'required' || (tls === '' && login !== null && !isLocal)),
    ignoreTLS: !secure && (tls === 'none' || (tls === '' && isLocal)),
    login,
    headers: (ids) =>
      Object.entries(ids).map(([name, value]) => ({ key: `X-Key-Bank-${name}`, value, prepared: false })),
  };
}

function part(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new Error('KEYBANK_MAIL: user and password must be percent-encoded (a lone % is %25)');
  }
}

const submission = { port: 587, secure: false, requireTLS: true, ignoreTLS: false } as const;

function postmark(token: string): SmtpProvider {
  return {
    ...submission,
    name: 'postmark',
    host: 'smtp.postmarkapp.com',
    login: { user: token, pass: token },
    // KeepID: else Postmark writes a Message-ID of its own and a retry would look like another mail.
    headers: (ids) => [
      { key: 'X-PM-Message-Stream', value: 'outbound', prepared: false },
      { key: 'X-PM-KeepID', value: 'true', prepared: false },
      { key: 'X-PM-TrackOpens', value: 'false', prepared: false },
      { key: 'X-PM-TrackLinks', value: 'None', prepared: false },
      ...Object.entries(ids).map(([name, value]) => ({
        key: `X-PM-Metadata-${name}`,
        value,
        prepared: false,
      })),
    ],
  };
}

function sendgrid(key: string): SmtpProvider {
  const off = { settings: { enable: 0 } };
  return {
    ...submission,
    name: 'sendgrid',
    host: 'smtp.sendgrid.net',
    login: { user: 'apikey', pass: key },
    // One ASCII header, taken as it is (`prepared`): nodemailer would encode it, and SendGrid would not read it.
    headers: (ids) => [
      {
        key: 'X-SMTPAPI',
        value: fold(
          JSON.stringify({
            unique_args: ids,
            filters: { clicktrack: off, opentrack: off, subscriptiontrack: off },
          }),
        ),
        prepared: true,
      },
    ],
  };
}

/** ASCII JSON broken after commas, so that no header line comes near the limit of 998 characters. */
function fold(json: string): string {
  return json
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/,(?=["{])/g, ',\r\n ');
}
