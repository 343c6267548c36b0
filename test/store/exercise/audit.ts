import { expect, it } from 'vitest';
import type { NewAuditLine } from '../../../server/store/rows.ts';
import type { Verbs } from '../../../server/store/store.ts';
import type { Exercise } from './exercise.ts';
import { expectStoreError } from './expect-store-error.ts';
import { anAuditLine, AT, ids, the, unique } from './world.ts';

type Search = Parameters<Verbs['searchAudit']>[0];

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

  verb('searchAudit', () => {
    const search = async (facts: Partial<Search>) =>
      ids(
        await store().searchAudit({
          subject: null,
          actor: null,
          action: null,
          since: null,
          until: null,
          before: null,
          limit: 100,
          ...facts,
        }),
      );
    const later = (ms: number) => new Date(AT.getTime() + ms);
    /** Ids of new lines, in the order given. */
    const written = async (lines: Partial<NewAuditLine>[]): Promise<number[]> => {
      const marked = lines.map((facts) => anAuditLine(facts));
      await store().insertAudit({ lines: marked });
      const rows = await Promise.all(
        marked.map(async ({ subject, seq }) => {
          const trail = await store().findAudit({ subject });
          return the(trail.find((line) => line.seq === seq));
        }),
      );
      return ids(rows);
    };

    it('gives the lines of one who acted, newest first, those of one time by id', async () => {
      const actor = unique('staff:');
      const [noon, early, late, alsoNoon] = await written(
        [0, -5, 5, 0].map((ms) => ({ actor, at: later(ms) })),
      );
      await written([{ actor: `${actor}0` }]);
      expect(await search({ actor })).toEqual([late, alsoNoon, noon, early]);
    });
    it('goes on after any line, also among those of one time', async () => {
      const action = unique('act');
      const written5 = await written([0, 0, 0, 1, 1].map((ms) => ({ action, at: later(ms) })));
      const seen: number[] = [];
      let before: Search['before'] = null;
      for (;;) {
        const page = await store().searchAudit({
          subject: null,
          actor: null,
          action,
          since: null,
          until: null,
          before,
          limit: 2,
        });
        seen.push(...ids(page));
        const last = page.at(-1);
        if (last === undefined) break;
        before = { at: last.at, id: last.id };
      }
      expect(seen).toEqual(written5.toReversed());
    });
    it('gives what lies between two times, the first one included and the second one not', async () => {
      const actor = unique('staff:');
      const [, a, b] = await written([-1, 0, 1, 2].map((ms) => ({ actor, at: later(ms) })));
      expect(await search({ actor, since: AT, until: later(2) })).toEqual([b, a]);
      expect(await search({ actor, since: later(3) })).toEqual([]);
      expect(await search({ actor, until: later(-1) })).toEqual([]);
    });
    it('gives all lines of a time when nothing else is asked', async () => {
      const at = new Date('2031-03-04T05:06:07.008Z');
      const [one, two] = await written([{ at }, { at }]);
      expect(await search({ since: at, until: new Date(at.getTime() + 1) })).toEqual([two, one]);
      expect(await search({ limit: 1 })).toEqual([two]);
    });
    it('joins all filters', async () => {
      const [actor, action, subject] = [unique('staff:'), unique('act'), unique('order:')];
      const [both, , , all] = await written([
        { actor, action },
        { actor },
        { action },
        { actor, action, subject },
        { subject, seq: 2 },
      ]);
      expect(await search({ actor, action })).toEqual([all, both]);
      expect(await search({ actor, action, subject })).toEqual([all]);
      expect(await search({ actor, action, subject: unique('order:') })).toEqual([]);
    });
    it('gives the lines of a subject from the end of its chain, whatever the clocks said, page by page', async () => {
      const subject = unique('order:');
      const [one, two, three, four] = await written(
        [0, 7, 3, 3].map((ms, nth) => ({ subject, seq: nth + 1, at: later(ms) })),
      );
      await written([{ subject: `${subject}0` }]);
      expect(await search({ subject })).toEqual([four, three, two, one]);
      const before = { at: later(3), id: the(three) };
      expect(await search({ subject, before })).toEqual([two, one]);
      expect(await search({ subject, before, limit: 1 })).toEqual([two]);
      expect(await search({ subject, since: later(3) })).toEqual([four, three, two]);
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
