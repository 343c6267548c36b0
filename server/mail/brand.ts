import brandFile from '../../templates/brand.json' with { type: 'json' };
import { isMailLink } from './link.ts';

/** What a shop changes to make the mails its own; the colours of the same file are compiled into the templates. */
export interface Brand {
  name: string;
  /** '' while there is none: the mails then ask for a reply. */
  supportEmail: string;
  /** Where a key is activated unless its product says otherwise; '' for no button. */
  activationUrl: string;
}

/** Checks a brand; the message names the field of templates/brand.json. */
export function readBrand(given: Brand): Brand {
  const { name, supportEmail, activationUrl } = given;
  if (!/^[^\p{Cc}<>"]{1,80}$/u.test(name))
    throw new Error('templates/brand.json, name: 1 to 80 characters, none of <>" and no control characters');
  if (supportEmail !== '' && !/^[^\s<>"@]+@[^\s<>"@]+$/.test(supportEmail))
    throw new Error('templates/brand.json, supportEmail: an address like help@shop.example, or "" for none');
  if (activationUrl !== '' && !isMailLink(activationUrl))
    throw new Error('templates/brand.json, activationUrl: an https address, or "" for none');
  return { name, supportEmail, activationUrl };
}

export const loadBrand = (): Brand => readBrand(brandFile);
