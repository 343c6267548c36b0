import { describe, expect, it } from 'vitest';
import { gather, QUICK_TRIES, type Member } from '../../server/keys/gather.ts';
import { arrivalOf, booking } from '../support/world.ts';

describe('gathering a batch', () => {
  const member = (
    externalId: string,
    about: { status?: 'approved' | 'cancelled'; tries?: number } = {},
  ): Member => {
    const arrival = arrivalOf(booking({ externalId, status: about.status ?? 'approved' }));
    const fingerprint = JSON.stringify(arrival.events);
    return { arrival, fingerprint, tries: about.tries ?? 0, resolve: () => {}, reject: () => {} };
  };
  const ids = (members: Member[]) => members.map((one) => one.arrival.events[0]?.externalId);

  it('takes all that wait, in order of arrival, up to 128', () => {
    const waiting = Array.from({ length: 130 }, (_, index) => member(String(index)));
    const { batch, rest } = gather(waiting, new Set());
    expect(ids(batch.leaders)).toEqual(ids(waiting.slice(0, 128)));
    expect(ids(rest)).toEqual(['128', '129']);
  });

  it('lets equal copies ride with the first, and leaves what says something else for the next batch', () => {
    const [first, copy, cancel] = [member('1'), member('1'), member('1', { status: 'cancelled' })];
    const { batch, rest } = gather([first, copy, cancel], new Set());
    expect(batch.leaders).toEqual([first]);
    expect(batch.copies.get(first)).toEqual([copy]);
    expect(rest).toEqual([cancel]);
  });

  it('leaves orders that are under way, and lets nobody overtake an earlier delivery of the same order', () => {
    const patient = member('1', { tries: QUICK_TRIES });
    const cancel = member('1', { status: 'cancelled' });
    const { batch, rest } = gather(
      [member('2'), patient, cancel, member('3')],
      new Set(['\u0000amelia\u00003']),
    );
    expect(ids(batch.leaders)).toEqual(['2']);
    expect(rest).toEqual([patient, cancel, expect.objectContaining({ tries: 0 })]);
  });

  it('sends one that must wait for locked keys alone', () => {
    const patient = member('1', { tries: QUICK_TRIES });
    const { batch, rest } = gather([patient, member('2')], new Set());
    expect(batch.leaders).toEqual([patient]);
    expect(ids(rest)).toEqual(['2']);
  });
});
