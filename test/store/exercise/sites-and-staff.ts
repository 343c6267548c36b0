import { expect, it } from 'vitest';
import type { StaffRow } from '../../../server/store/rows.ts';
import type { Exercise } from './exercise.ts';
import { expectStoreError } from './expect-store-error.ts';
import { expectWaiting } from './expect-waiting.ts';
import { openTransaction } from './open-transaction.ts';
import { AT, the, unique } from './world.ts';

export function exerciseSitesAndStaff({ verb, store }: Exercise): void {
  const mySites = async (marker: string) =>
    (await store().listSites()).filter((site) => site.slug.includes(marker) || site.url.includes(marker));
  const aPerson = (facts: Partial<Pick<StaffRow, 'name' | 'role' | 'grants' | 'tokenHash'>> = {}) => ({
    name: 'Ada',
    role: 'support' as const,
    grants: '',
    tokenHash: unique('hash'),
    createdAt: AT,
    ...facts,
  });
  const person = async (tokenHash: string) => the(await store().findStaffByTokenHash({ tokenHash }));

  verb('insertSite', () => {
    it('keeps the first site of a slug and of an address', async () => {
      const slug = unique('shop');
      const first = { slug, url: `https://${slug}.example.test` };
      await store().insertSite(first);
      await store().insertSite({ slug, url: `https://other.${slug}.example.test` });
      await store().insertSite({ slug: `${slug}-b`, url: first.url });
      await store().insertSite(first);
      expect(await mySites(slug)).toEqual([first]);
    });
    it('takes the main site, which has an empty slug', async () => {
      await store().insertSite({ slug: '', url: 'https://main.example.test' });
      expect((await store().listSites()).filter((site) => site.slug === '')).toHaveLength(1);
    });
  });

  verb('listSites', () => {
    it('gives every site', async () => {
      const sites = [unique('shop'), unique('shop')].map((slug) => ({
        slug,
        url: `https://${slug}.example.test`,
      }));
      for (const site of sites) await store().insertSite(site);
      expect(await store().listSites()).toEqual(expect.arrayContaining(sites));
    });
  });

  verb('findStaffByTokenHash', () => {
    it('gives the person', async () => {
      const ada = aPerson({ name: 'Zoë 😀', role: 'admin' });
      await store().insertStaff(ada);
      expect(await person(ada.tokenHash)).toEqual({
        ...ada,
        id: expect.any(Number),
        lastUsedAt: null,
        revokedAt: null,
      });
    });
    it('gives null for an unknown token, and for one in another letter case', async () => {
      const ada = aPerson({ tokenHash: unique('abcdef') });
      await store().insertStaff(ada);
      expect(await store().findStaffByTokenHash({ tokenHash: ada.tokenHash.toUpperCase() })).toBeNull();
      expect(await store().findStaffByTokenHash({ tokenHash: unique('hash') })).toBeNull();
    });
  });

  verb('insertStaff', () => {
    it('keeps the first person of a token', async () => {
      const ada = aPerson();
      await store().insertStaff(ada);
      await store().insertStaff({ ...ada, name: 'Mallory', role: 'admin' });
      expect(await person(ada.tokenHash)).toMatchObject({ name: 'Ada', role: 'support' });
    });
    it('takes every role', async () => {
      for (const role of ['viewer', 'support', 'admin'] as const) {
        const someone = aPerson({ role });
        await store().insertStaff(someone);
        expect((await person(someone.tokenHash)).role).toBe(role);
      }
    });
  });

  const storedPerson = async (facts: Parameters<typeof aPerson>[0] = {}) => {
    const someone = aPerson(facts);
    await store().insertStaff(someone);
    return person(someone.tokenHash);
  };

  verb('findStaff', () => {
    it('gives the person, with the rights beyond the role', async () => {
      const ada = await storedPerson({ grants: 'reveal give' });
      expect(await store().findStaff({ id: ada.id })).toEqual(ada);
      expect(ada.grants).toBe('reveal give');
    });
    it('gives null for an unknown id', async () => {
      expect(await store().findStaff({ id: 2_000_000_000 })).toBeNull();
    });
  });

  verb('lockStaff', () => {
    it('gives everybody, in the order of their ids', async () => {
      const people = [await storedPerson(), await storedPerson()];
      const locked = await store().transaction((tx) => tx.lockStaff());
      expect(locked).toEqual(expect.arrayContaining(people));
      expect(locked).toEqual(locked.toSorted((a, b) => a.id - b.id));
    });
    it('lets one change staff at a time, who sees what the one before left', async () => {
      const ada = await storedPerson({ role: 'admin' });
      const first = await openTransaction(store(), async (tx) => {
        await tx.lockStaff();
        await tx.updateStaff({ ...ada, role: 'viewer' });
      });
      const second = store().transaction((tx) => tx.lockStaff());
      await expectWaiting(second, store());
      await first.commit();
      expect((await second).find(({ id }) => id === ada.id)?.role).toBe('viewer');
    });
  });

  verb('updateStaff', () => {
    it('writes role, rights, token and end of one person', async () => {
      const [ada, grace] = [await storedPerson({ grants: 'reveal' }), await storedPerson()];
      const change = { role: 'admin' as const, grants: '', tokenHash: unique('hash'), revokedAt: AT };
      await store().updateStaff({ id: ada.id, ...change });
      expect(await store().findStaff({ id: ada.id })).toEqual({ ...ada, ...change });
      expect(await store().findStaff({ id: grace.id })).toEqual(grace);
      expect(await store().findStaffByTokenHash({ tokenHash: ada.tokenHash })).toBeNull();
    });
    it('refuses a token that is somebody else’s', async () => {
      const [ada, grace] = [await storedPerson(), await storedPerson()];
      await expectStoreError(store().updateStaff({ ...ada, tokenHash: grace.tokenHash }), 'store.duplicate', [
        grace.tokenHash,
      ]);
    });
  });

  verb('listStaff', () => {
    it('gives everybody', async () => {
      const people = [aPerson(), aPerson()];
      for (const someone of people) await store().insertStaff(someone);
      const hashes = (await store().listStaff()).map((row) => row.tokenHash);
      expect(hashes).toEqual(expect.arrayContaining(people.map((someone) => someone.tokenHash)));
    });
  });

  verb('touchStaff', () => {
    it('notes when a person was last here, and nobody else', async () => {
      const [ada, grace] = [aPerson(), aPerson()];
      for (const someone of [ada, grace]) await store().insertStaff(someone);
      const usedAt = new Date(AT.getTime() + 1);
      await store().touchStaff({ id: (await person(ada.tokenHash)).id, usedAt });
      expect((await person(ada.tokenHash)).lastUsedAt).toEqual(usedAt);
      expect((await person(grace.tokenHash)).lastUsedAt).toBeNull();
    });
  });
}
