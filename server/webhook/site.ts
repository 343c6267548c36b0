import type { SiteVerbs } from '../store/store.ts';

/** Names the site a delivery comes from; '' is the main one, the first that was ever seen. */
export interface Sites {
  /** A site that only a test speaks of stays unknown: a staging copy, tried first, would become the main one. */
  slugOf(claim: { url: string | null; slug: string | null; isTest?: boolean }): Promise<string>;
}

/** `claim.url` comes from the plugin's envelope, `claim.slug` from `&site=` of a raw sender. */
export function createSites(store: SiteVerbs): Sites {
  const known = new Map<string, string>();

  async function refresh(): Promise<void> {
    for (const site of await store.listSites()) known.set(site.url, site.slug);
  }

  return {
    async slugOf({ url, slug, isTest = false }) {
      if (slug !== null) return slug;
      const address = url === null ? null : normalizeUrl(url);
      if (address === null) return '';
      const cached = known.get(address);
      if (cached !== undefined) return cached;
      if (isTest) {
        await refresh();
        return known.get(address) ?? '';
      }
      // Both names are unique: whoever comes first is the main site, whoever loses takes the slug of its host name.
      for (const wanted of ['', slugFrom(address), slugFrom(`${address}-2`), slugFrom(`${address}-3`)]) {
        await store.insertSite({ slug: wanted, url: address });
        await refresh();
        const own = known.get(address);
        if (own !== undefined) return own;
      }
      return slugFrom(address);
    },
  };
}

/** Host and path in lower case, without scheme, `www.` and trailing slash: moving to https is no new site. */
export function normalizeUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { host, pathname } = new URL(text);
  const address = `${host}${pathname}`
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\/+$/, '');
  return address === '' ? null : address.slice(0, 190);
}

/** What `&site=` may be. */
export function isSiteSlug(text: string): boolean {
  return /^[a-z0-9-]{1,40}$/.test(text);
}

export const SITE_RULE =
  'site= takes 1 to 40 of a-z, 0-9 and "-"; correct the URL and send the booking again';

/** Kept with a delivery whose site is not known, so that a replay does not take it for one of the main site. */
export const SITE_REFUSED = { 'keybank-site': 'refused' };

export function isSiteRefused(delivery: { headers: Record<string, string> }): boolean {
  return delivery.headers['keybank-site'] === SITE_REFUSED['keybank-site'];
}

function slugFrom(address: string): string {
  return (
    address
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(-40)
      .replace(/^-/, '') || 'site'
  );
}
