import { createHash } from 'node:crypto';

/** What of brand.json is compiled into the templates; all else is read when the server starts. */
export interface Look {
  /** By name: the light and the dark colour. */
  colours: Readonly<Record<string, readonly string[]>>;
  /** CSS pixels. */
  logo: { width: number; height: number };
}

/** The logo is attached to each mail under this id, and the HTML shows it as `cid:…`. */
export const LOGO_CID = 'logo@brand';

/** What compiled/fingerprint.txt holds: by it a server sees that brand.json changed after the last compile. */
export function fingerprint({ colours, logo: { width, height } }: Look): string {
  const sorted = Object.entries(colours).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([sorted, width, height]))
    .digest('hex');
}
