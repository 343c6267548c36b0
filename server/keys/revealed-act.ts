import { statelessAct, type Act } from '../audit/record.ts';

/** The line that stands in the trail before a full key is shown. */
export function revealedAct(
  look: { at: Date; actor: string; reason: string },
  seen: { subject: string; refs: Act['refs'] },
): Act {
  const { at, actor, reason } = look;
  return statelessAct({ ...seen, at, actor, action: 'key.revealed', reason });
}
