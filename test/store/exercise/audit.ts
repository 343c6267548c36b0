import { expect, it } from 'vitest';
import type { Exercise } from './exercise.ts';
import { expectStoreError } from './expect-store-error.ts';
import { anAuditLine, unique } from './world.ts';

export function exerciseAudit({ verb, store }: Exercise): void {
  verb('findAudit', () => {
    it("gives a subject's lines in the order of seq, and no other subject's", async () => {
      const subject = unique('order:');
      const lines = [3, 1, 2].map((seq) => anAuditLine({ subject, seq, action: `step ${seq}` }));
      await store().insertAudit({ lines: [...lines, anAuditLine({ subject: `${subject}0` })] });
      const found = await store().findAudit({ subject });
      expect(found.map((line) => line.action)).toEqual(['step 1', 'step 2', 'step 3']);
    });
    it('gives nothing for an unknown subject', async () => {
      expect(await store().findAudit({ subject: unique('order:') })).toEqual([]);
    });
  });

  verb('listAudit', () => {
    it('gives every line in the order it was written, a page at a time', async () => {
      const subjects = [unique('order:'), unique('order:')];
      await store().insertAudit({ lines: subjects.map((subject) => anAuditLine({ subject })) });
      const seen: string[] = [];
      for (let afterId = 0, more = true; more;) {
        const page = await store().listAudit({ afterId, limit: 2 });
        seen.push(...page.map((line) => line.subject));
        const last = page.at(-1);
        more = last !== undefined && page.length === 2;
        afterId = last?.id ?? 0;
      }
      expect(seen.filter((subject) => subjects.includes(subject))).toEqual(subjects);
      expect(new Set(seen).size).toBeGreaterThanOrEqual(subjects.length);
    });
  });

  verb('insertAudit', () => {
    it('keeps every fact, its references too', async () => {
      const line = anAuditLine({
        fromStatus: 'waiting',
        toStatus: null,
        actor: 'staff:2',
        reason: 'the buyer wrote: “where is my key?” 😀',
        refs: { delivery: '018f-“x”', key: 12, keys: [1, 2, 3], order: 'amelia:13' },
        previousHash: 'b'.repeat(64),
      });
      await store().insertAudit({ lines: [line] });
      expect(await store().findAudit({ subject: line.subject })).toEqual([
        { ...line, id: expect.any(Number) },
      ]);
    });
    it('refuses a second line with the same number, so that a chain cannot fork', async () => {
      const line = anAuditLine();
      await store().insertAudit({ lines: [line] });
      await expectStoreError(
        store().insertAudit({ lines: [{ ...line, action: 'again' }] }),
        'store.duplicate',
      );
      expect(await store().findAudit({ subject: line.subject })).toHaveLength(1);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().insertAudit({ lines: [] })).resolves.toBeUndefined();
    });
  });

  verb('lastAudit', () => {
    it('gives the end of each chain and leaves out subjects without lines', async () => {
      const [one, two] = [unique('order:'), unique('order:')];
      const line = (subject: string, seq: number) => anAuditLine({ subject, seq, hash: `${seq}`.repeat(64) });
      await store().insertAudit({ lines: [line(one, 1), line(one, 2), line(one, 3), line(two, 1)] });
      const ends = await store().lastAudit({ subjects: [one, two, unique('order:')] });
      expect(ends.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))).toEqual([
        { subject: one, seq: 3, hash: '3'.repeat(64) },
        { subject: two, seq: 1, hash: '1'.repeat(64) },
      ]);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().lastAudit({ subjects: [] })).toEqual([]);
    });
  });
}
