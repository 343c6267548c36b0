import { createContext, use } from 'react';
import type { Outputs } from './outputs.ts';
import { timedFetch } from './pace.ts';
import { SessionFault } from './server-fault.ts';

/** Who is signed in, as GET /session says. */
export type Member = Outputs['staff']['me'];
export type Right = Member['rights'][number];

interface Session {
  csrf: string;
  member: Member;
}

export const SESSION_KEY = ['session'];
let token = '';

/** What goes along with each POST; the cookie itself no script can read. */
export function csrf(): string {
  return token;
}

/** Null while nobody is signed in. */
export async function readSession(): Promise<Member | null> {
  const answer = await timedFetch('/session');
  if (answer.status === 401) return null;
  if (!answer.ok) throw new SessionFault(await sentenceOf(answer), { cause: answer.status });
  return open(await answer.json());
}

export async function signIn(staffToken: string): Promise<Member> {
  const answer = await timedFetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: staffToken }),
  });
  if (!answer.ok) throw new SessionFault(await sentenceOf(answer), { cause: answer.status });
  return open(await answer.json());
}

export async function signOut(): Promise<void> {
  const answer = await timedFetch('/session', { method: 'DELETE', headers: { 'x-keybank-csrf': token } });
  if (!answer.ok) throw new SessionFault(await sentenceOf(answer), { cause: answer.status });
  token = '';
}

function open(session: Session): Member {
  token = session.csrf;
  return session.member;
}

async function sentenceOf(answer: Response): Promise<string> {
  const body: { error?: string } = await answer.json().catch(() => ({}));
  return body.error ?? `The server answered ${answer.status}. Try again in a moment.`;
}

export const MemberContext = createContext<Member | null>(null);

export function useMember(): Member {
  const member = use(MemberContext);
  if (member === null) throw new Error('a screen is shown to nobody');
  return member;
}

/** Whether who is signed in has the right; the server asks again. */
export function useMay(): (right: Right) => boolean {
  const { rights } = useMember();
  return (right) => rights.includes(right);
}
