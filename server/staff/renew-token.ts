import { done, type Result } from '../errors.ts';
import { makeToken } from '../tokens.ts';
import { alterMember, type StaffAct, type StaffDeps } from './alter-member.ts';
import { describeMember, type Member } from './member.ts';
import { hashToken } from './token.ts';

/** A new token, shown in the answer alone. The one before opens nothing from this moment on, and its sessions are over. */
export async function renewToken(
  deps: StaffDeps,
  input: StaffAct,
): Promise<Result<Member & { token: string }>> {
  const token = makeToken('kb_staff');
  const tokenHash = hashToken(token);
  const renewed = await alterMember(deps, input, 'staff.renewed', () => ({ tokenHash }));
  return renewed.ok ? done({ ...describeMember(renewed.value), token }) : renewed;
}
