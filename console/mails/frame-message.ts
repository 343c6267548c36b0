const LEAST_PX = 100;
const MOST_PX = 6000;

/** What the frame of a mail says. SECURITY: it shows what buyers typed, so nothing but these two is heard. */
export type FrameMessage = { kind: 'ready' } | { kind: 'height'; px: number };

export function readFrameMessage(data: unknown): FrameMessage | null {
  if (typeof data !== 'object' || data === null) return null;
  if ('ready' in data && data.ready === true) return { kind: 'ready' };
  if (!('height' in data) || typeof data.height !== 'number') return null;
  const px = data.height;
  return Number.isFinite(px) && px >= LEAST_PX && px <= MOST_PX ? { kind: 'height', px } : null;
}
