import { expect, it } from 'vitest';
import { MAIL_EVENT_KINDS, MAIL_PROVIDERS } from '../../../server/store/rows.ts';
import type { Exercise } from './exercise.ts';
import { expectWaiting } from './expect-waiting.ts';
import { openTransaction } from './open-transaction.ts';
import { aMailEvent, aSuppression, lookAlikes, the, unique, uuid } from './world.ts';

export function exerciseMailEvents({ verb, store }: Exercise): void {
  const eventsOf = (...messageIds: string[]) => store().findMailEvents({ messageIds });
  const suppressed = (...addresses: string[]) => store().findSuppressions({ addresses });

  verb('findMailEvents', () => {
    it('gives the events of these messages and of no other, in order', async () => {
      const [one, two] = [uuid(), uuid()];
      const events = [
        aMailEvent({ messageId: one }),
        aMailEvent({ messageId: two, kind: 'bounced' }),
        aMailEvent({ messageId: one, kind: 'complained' }),
        aMailEvent({ messageId: one, provider: 'sendgrid' }),
      ];
      await store().insertMailEvents({ events: [...events, aMailEvent({ provider: 'sendgrid' })] });
      expect(await eventsOf(two, one, uuid())).toEqual(events);
      expect(await eventsOf(two)).toEqual(events.slice(1, 2));
    });
    it('gives nothing for an empty list', async () => {
      expect(await eventsOf()).toEqual([]);
    });
  });

  verb('insertMailEvents', () => {
    it('keeps every fact', async () => {
      const event = aMailEvent({
        provider: 'sendgrid',
        eventId: `${unique('ZÄ😀')}${'é'.repeat(170)}`,
        kind: 'bounced',
        isHard: true,
        at: new Date('2026-02-03T04:05:06.789Z'),
        detail: '550 5.1.1, “no such user” 😀',
      });
      await store().insertMailEvents({ events: [event] });
      expect(await eventsOf(event.messageId)).toEqual([event]);
    });
    it('takes every kind from every provider', async () => {
      for (const provider of MAIL_PROVIDERS) {
        const messageId = uuid();
        const events = MAIL_EVENT_KINDS.map((kind) => aMailEvent({ provider, kind, messageId }));
        await store().insertMailEvents({ events });
        expect(await eventsOf(messageId)).toEqual(events);
      }
    });
    it('keeps the first of two with one id, and loses no new one beside it', async () => {
      const messageId = uuid();
      const [first, fresh] = [aMailEvent({ messageId }), aMailEvent({ messageId })];
      await store().insertMailEvents({ events: [first] });
      await store().insertMailEvents({ events: [{ ...first, kind: 'bounced', isHard: true }, fresh] });
      expect(await eventsOf(messageId)).toEqual([first, fresh]);
    });
    it('takes ids that only look alike, and one id from two providers, for different events', async () => {
      const messageId = uuid();
      const events = [
        ...lookAlikes(unique('id')).map((eventId) => aMailEvent({ eventId, messageId })),
        aMailEvent({ eventId: 'the-same', messageId }),
        aMailEvent({ eventId: 'the-same', messageId, provider: 'sendgrid' }),
      ];
      await store().insertMailEvents({ events });
      expect(await eventsOf(messageId)).toHaveLength(events.length);
    });
    it('waits for another teller of the same event, and then adds nothing', async () => {
      const event = aMailEvent();
      const first = await openTransaction(store(), (tx) => tx.insertMailEvents({ events: [event] }));
      const second = store().insertMailEvents({ events: [{ ...event, detail: 'again' }] });
      await expectWaiting(second, store());
      await first.commit();
      await second;
      expect(await eventsOf(event.messageId)).toEqual([event]);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().insertMailEvents({ events: [] })).resolves.toBeUndefined();
    });
  });

  verb('deleteSuppressions', () => {
    it('lifts these and no others', async () => {
      const rows = [aSuppression(), aSuppression(), aSuppression()];
      for (const row of rows) await store().saveSuppression(row);
      const [one, kept, two] = rows.map(({ address }) => address);
      await store().deleteSuppressions({ addresses: [the(two), the(one), 'nobody@example.test'] });
      expect(await suppressed(the(one), the(kept), the(two))).toEqual(rows.slice(1, 2));
    });
    it('waits for no other address', async () => {
      const [mine, other] = [aSuppression(), aSuppression()];
      for (const row of [mine, other]) await store().saveSuppression(row);
      await openTransaction(store(), (tx) => tx.saveSuppression({ ...other, detail: 'again' }));
      await store().deleteSuppressions({ addresses: [mine.address] });
      expect(await suppressed(mine.address)).toEqual([]);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().deleteSuppressions({ addresses: [] })).resolves.toBeUndefined();
    });
  });

  verb('findSuppressions', () => {
    it('gives those of the asked that are there, letter by letter', async () => {
      const rows = lookAlikes(unique('name')).map((address) => aSuppression({ address }));
      for (const row of rows) await store().saveSuppression(row);
      for (const row of rows) expect(await suppressed(row.address, 'nobody@example.test')).toEqual([row]);
      expect(await suppressed(...rows.map(({ address }) => address))).toHaveLength(rows.length);
    });
    it('gives nothing for an empty list', async () => {
      expect(await suppressed()).toEqual([]);
    });
  });

  verb('listSuppressions', () => {
    it('gives a page in order of address, after the one named', async () => {
      const rows = [aSuppression(), aSuppression(), aSuppression()];
      for (const row of rows.toReversed()) await store().saveSuppression(row);
      const list = (afterAddress: string, limit: number) => store().listSuppressions({ afterAddress, limit });
      expect(await list(the(rows[0]).address, 2)).toEqual(rows.slice(1));
      expect(await list(the(rows[0]).address, 1)).toEqual(rows.slice(1, 2));
      expect(await list('', 10_000)).toEqual(expect.arrayContaining(rows));
      expect(await list('\u{10ffff}', 10)).toEqual([]);
    });
  });

  verb('saveSuppression', () => {
    it('keeps every fact, and replaces them the second time', async () => {
      const first = aSuppression({
        address: `${'ä'.repeat(250)}-${unique('long')}@example.test`,
        provider: 'sendgrid',
        since: new Date('2026-02-03T04:05:06.789Z'),
        detail: 'told by “the provider” 😀',
      });
      await store().saveSuppression(first);
      expect(await suppressed(first.address)).toEqual([first]);
      for (const reason of ['bounced', 'complained', 'complained'] as const) {
        const next = aSuppression({ address: first.address, reason, detail: unique('again “😀”') });
        await store().saveSuppression(next);
        expect(await suppressed(first.address)).toEqual([next]);
      }
    });
    it('keeps a complaint whole when a bounce comes', async () => {
      const since = new Date('2026-02-03T04:05:06.789Z');
      const complaint = aSuppression({ reason: 'complained', since, detail: 'told by “the reader” 😀' });
      await store().saveSuppression(complaint);
      const bounce = aSuppression({ address: complaint.address, reason: 'bounced', provider: 'sendgrid' });
      await store().saveSuppression(bounce);
      expect(await suppressed(complaint.address)).toEqual([complaint]);
    });
    it('keeps the complaint when a bounce is saved at the same moment, whichever commits last', async () => {
      for (const [first, last] of [
        ['complained', 'bounced'],
        ['bounced', 'complained'],
      ] as const) {
        const { address } = aSuppression();
        const one = await openTransaction(store(), (tx) =>
          tx.saveSuppression(aSuppression({ address, reason: first })),
        );
        const other = store().saveSuppression(aSuppression({ address, reason: last }));
        await expectWaiting(other, store());
        await one.commit();
        await other;
        expect(await suppressed(address)).toMatchObject([{ reason: 'complained' }]);
      }
    });
    it('keeps one of eight that are saved at once', async () => {
      const { address } = aSuppression();
      const rows = Array.from({ length: 8 }, (_, nth) => aSuppression({ address, detail: `teller ${nth}` }));
      await Promise.all(rows.map((row) => store().saveSuppression(row)));
      const [kept, ...others] = await suppressed(address);
      expect(rows).toContainEqual(kept);
      expect(others).toEqual([]);
    });
  });
}
