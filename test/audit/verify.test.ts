import { describe, expect, it } from 'vitest';
import { recordAudit, type Act } from '../../server/audit/record.ts';
import { verifyTrail } from '../../server/audit/verify.ts';
import type { AuditLine, NewAuditLine } from '../../server/store/rows.ts';

const act = (about: Partial<Act>): Act => ({
  subject: 'order:1',
  at: new Date('2026-11-23T10:00:00.123Z'),
  actor: 'webhook',
  action: 'order.fulfilled',
  fromStatus: null,
  toStatus: 'fulfilled',
  reason: '',
  refs: {},
  ...about,
});

/** A trail in memory, written by the real recorder. */
async function trailOf(acts: Act[]) {
  const lines: AuditLine[] = [];
  const store = {
    insertAudit: async (q: { lines: NewAuditLine[] }) => {
      for (const line of q.lines) lines.push({ ...line, id: lines.length + 1 });
    },
    lastAudit: async ({ subjects }: { subjects: string[] }) =>
      subjects.flatMap((subject) => lines.filter((line) => line.subject === subject).slice(-1)),
    findAudit: async ({ subject }: { subject: string }) => lines.filter((line) => line.subject === subject),
    listAudit: async ({ afterId, limit }: { afterId: number; limit: number }) =>
      lines.filter((line) => line.id > afterId).slice(0, limit),
  };
  for (const one of acts) await recordAudit(store, [one]);
  return {
    lines,
    store,
    violations: async () => (await verifyTrail(store)).map((promise) => promise.violations),
  };
}

describe('the audit trail', () => {
  const story = [
    act({ refs: { keys: [7] } }),
    act({ action: 'order.cancelled', toStatus: 'cancelled', refs: { released: [7] } }),
    act({ subject: 'order:2', refs: { keys: [7] } }),
  ];

  it('is unbroken as it was written, and a key that was given back may go to another order', async () => {
    const trail = await trailOf(story);
    expect(await trail.violations()).toEqual([0, 0]);
    expect((await verifyTrail(trail.store))[1]?.checked).toBe(2);
  });

  it.each([
    ['a changed reason', (lines: AuditLine[]) => Object.assign(lines[1] ?? {}, { reason: 'nothing to see' })],
    [
      'a changed reference',
      (lines: AuditLine[]) => Object.assign(lines[1] ?? {}, { refs: { released: [8, 7] } }),
    ],
    ['a line left out', (lines: AuditLine[]) => lines.splice(0, 1)],
    [
      'a line slipped in',
      (lines: AuditLine[]) => lines.push({ ...story[0], ...lines[0], seq: 3, id: 9 } as AuditLine),
    ],
  ])('%s breaks it', async (_words, tamper) => {
    const trail = await trailOf(story);
    tamper(trail.lines);
    expect((await trail.violations())[0]).toBeGreaterThan(0);
  });

  it('a key that goes to a second order without having been given back is found', async () => {
    const trail = await trailOf([
      act({ refs: { keys: [7] } }),
      act({ subject: 'order:2', refs: { keys: [7] } }),
    ]);
    expect(await trail.violations()).toEqual([0, 1]);
  });

  it('a line that is committed while the trail is read is no break', async () => {
    const trail = await trailOf(story);
    // The cancellation commits late: the first reading of the trail does not see it.
    const listAudit = async ({ afterId }: { afterId: number }) =>
      afterId === 0 ? trail.lines.filter((line) => line.id !== 2) : [];
    const promises = await verifyTrail({ ...trail.store, listAudit });
    expect(promises.map((promise) => promise.violations)).toEqual([0, 0]);
  });

  it('a reason too long is cut without halving an emoji, and the seal still holds', async () => {
    const trail = await trailOf([act({ reason: '😀'.repeat(600) })]);
    expect(trail.lines[0]?.reason).toBe('😀'.repeat(500));
    expect(await trail.violations()).toEqual([0, 0]);
  });
});
