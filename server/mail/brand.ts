import { readFileSync } from 'node:fs';
import brandFile from '../../templates/brand.json' with { type: 'json' };
import { fingerprint, LOGO_CID } from '../../templates/look.ts';
import { isMailLink } from './link.ts';
import { readLogoFile } from './logo-file.ts';
import type { Look } from '../../templates/look.ts';

/** What a shop changes to make the mails its own: templates/brand.json, read and checked. */
export interface Brand {
  name: string;
  /** '' while there is none: the mails then ask for a reply. */
  supportEmail: string;
  /** Where a key is activated unless its product says otherwise; '' for no button. */
  activationUrl: string;
  logo: {
    /** What stands after `cid:` in the HTML. */
    cid: string;
    alt: string;
    /** CSS pixels; the file may have more, for sharp screens. */
    width: number;
    height: number;
    filename: string;
    /** A PNG with transparency. */
    content: Buffer;
  };
}

export interface BrandFile extends Look {
  name: string;
  supportEmail: string;
  activationUrl: string;
  logo: { file: string; alt: string; width: number; height: number };
}

const folder = new URL('../../templates/', import.meta.url);
const readTemplateFile = (name: string): Buffer => readFileSync(new URL(name, folder));

/** Checks a brand; the message names the field of templates/brand.json. `read` gives a file of the same folder. */
export function readBrand(given: BrandFile, read: (name: string) => Buffer = readTemplateFile): Brand {
  const { name, supportEmail, activationUrl, logo } = given;
  if (!/^[^\p{Cc}<>"]{1,80}$/u.test(name))
    throw new Error('templates/brand.json, name: 1 to 80 characters, none of <>" and no control characters');
  if (supportEmail !== '' && !/^[^\s<>"@]+@[^\s<>"@]+$/.test(supportEmail))
    throw new Error('templates/brand.json, supportEmail: an address like help@shop.example, or "" for none');
  if (activationUrl !== '' && !isMailLink(activationUrl))
    throw new Error('templates/brand.json, activationUrl: an https address, or "" for none');
  return { name, supportEmail, activationUrl, logo: { cid: LOGO_CID, ...readLogoFile(logo, read) } };
}

/** The brand of this installation; refuses one whose colours or logo size were changed and not compiled in. */
export function loadBrand(given: BrandFile = brandFile): Brand {
  const compiled = readTemplateFile('compiled/fingerprint.txt').toString('utf8').trim();
  if (fingerprint(given) !== compiled)
    throw new Error(
      'templates/brand.json: colours, or logo width or height, changed after the mails were compiled. ' +
        'Compile them anew: npm run templates',
    );
  return readBrand(given);
}
