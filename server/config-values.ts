import { createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { SOURCES } from '../shared/booking-event.ts';

// How single environment values are read. A message completes the sentence "<NAME> …" and never repeats a value.

export type MailConfig =
  | { kind: 'mailbox' }
  | { kind: 'smtp'; url: string }
  | { kind: 'postmark'; token: string }
  | { kind: 'sendgrid'; key: string };

export interface BasicLogin {
  user: string;
  password: string;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const address = z.email();

/** `a@b.c`, or `Name <a@b.c>`; a line break would let a value write mail headers of its own. */
export function isSender(text: string): boolean {
  const bracketed = /^([^<>\r\n]*)<([^<>\s]+)>$/.exec(text);
  return !/[\r\n]/.test(text) && address.safeParse(bracketed ? bracketed[2] : text).success;
}

export const isAddress = (text: string): boolean => address.safeParse(text).success;

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

export const databaseUrl = z.string().superRefine((text, context) => {
  const url = urlOf(text);
  const say = (message: string) => context.addIssue({ code: 'custom', message });
  if (!url) return say('is not a URL (a password with @ : / ? # or % in it must be percent-encoded)');
  if (!['mysql:', 'mariadb:', 'postgres:', 'postgresql:'].includes(url.protocol))
    return say(`has the scheme ${url.protocol}//`);
  if (url.hostname === '' && !url.searchParams.has('host')) say('names no host');
  if (url.pathname.length < 2) say('names no database (the part after the host)');
});

export const httpUrl = z
  .string()
  .refine((text) => ['http:', 'https:'].includes(urlOf(text)?.protocol ?? ''), 'is not an http(s) URL')
  .transform((text) => text.replace(/\/+$/, ''));

export function wholeNumber(from: number, to: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= from && value <= to, 'is out of range');
}

export function secretText(minLength: number) {
  return z.string().superRefine((text, context) => {
    if (text.length < minLength)
      context.addIssue({ code: 'custom', message: `is ${text.length} characters long` });
    if (/\s/.test(text)) context.addIssue({ code: 'custom', message: 'has white space inside' });
  });
}

/** In characters. The staff token opens all there is, so what people make up is not enough for it. */
export const SHORTEST_TOKEN = { webhook: 16, staff: 32 } as const;

export const webhookTokens = z
  .string()
  .transform((text) => text.split(',').map((token) => token.trim()))
  .superRefine((tokens, context) => {
    const say = (message: string) => context.addIssue({ code: 'custom', message });
    if (tokens.length > 2) say(`holds ${tokens.length} tokens`);
    if (new Set(tokens).size < tokens.length) say('holds the same token twice');
    tokens.forEach((token, at) => {
      const which = tokens.length > 1 ? `has as token ${at + 1} one that` : 'holds a token that';
      if (token.length < SHORTEST_TOKEN.webhook) say(`${which} is ${token.length} characters long`);
      else if (/\s/.test(token)) say(`${which} has white space inside`);
    });
  });

export const sourceList = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim().toLowerCase()))
  .pipe(z.array(z.enum(SOURCES, 'names something that is no source')));

const ADDRESS_GROUPS = ['loopback', 'linklocal', 'uniquelocal'];

function isAddressRange(text: string): boolean {
  const [ip = '', bits, ...rest] = text.split('/');
  const family = isIP(ip);
  if (ADDRESS_GROUPS.includes(text)) return true;
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** As Fastify's `trustProxy`: no, everybody, so many hops, or these addresses. */
export const trustProxy = z.string().transform((text, context): boolean | number | string[] => {
  const word = text.toLowerCase();
  if (['false', 'no', 'off', '0'].includes(word)) return false;
  if (['true', 'yes', 'on'].includes(word)) return true;
  if (/^\d{1,2}$/.test(word)) return Number(word);
  const ranges = word.split(',').map((part) => part.trim());
  const wrong = ranges.findIndex((range) => !isAddressRange(range));
  if (wrong >= 0)
    context.addIssue({ code: 'custom', message: `has as entry ${wrong + 1} something that is no address` });
  return ranges;
});

export const mail = z.string().transform((text, context): MailConfig => {
  const say = (message: string): MailConfig => {
    context.addIssue({ code: 'custom', message });
    return { kind: 'mailbox' };
  };
  if (text.toLowerCase() === 'mailbox') return { kind: 'mailbox' };
  const preset = /^(postmark|sendgrid):(?!\/\/)(.*)$/i.exec(text);
  if (preset) {
    const secret = (preset[2] ?? '').trim();
    if (secret === '' || /\s/.test(secret))
      return say('names a mail service but no usable token after the colon');
    return preset[1]?.toLowerCase() === 'postmark'
      ? { kind: 'postmark', token: secret }
      : { kind: 'sendgrid', key: secret };
  }
  if (!/^smtps?:\/\//i.test(text)) return say('is none of the four forms');
  const url = urlOf(text);
  if (!url) return say('is not a URL (a password with @ : / ? # or % in it must be percent-encoded)');
  if (url.hostname === '') return say('names no mail server');
  return { kind: 'smtp', url: text };
});

const EVENTS_PASSWORD_LENGTH = 16;

/** ASCII only: senders do not agree on how other characters of a login are written in a header. */
export const basicLogin = z.string().transform((text, context): BasicLogin => {
  const colon = text.indexOf(':');
  const [user, password] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)];
  const say = (message: string) => context.addIssue({ code: 'custom', message });
  if (user === '') say('is not a user name, a colon and a password');
  else if (password.length < EVENTS_PASSWORD_LENGTH)
    say(`has a password that is ${password.length} characters long`);
  if (!/^[\x21-\x7e]*$/.test(text)) say('has white space or letters beyond A–Z inside');
  return { user, password };
});

/** Base64 of a DER SPKI public key on P-256, as SendGrid shows it. */
export const verificationKey = z.string().refine(isVerificationKey, 'is not a key as SendGrid shows it');

function isVerificationKey(text: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

export const hourOrOff = z
  .string()
  .regex(/^(\d{1,2}|off)$/i, 'is no hour')
  .transform((text) => (text.toLowerCase() === 'off' ? null : Number(text)))
  .refine((hour) => hour === null || hour <= 23, 'is out of range');
