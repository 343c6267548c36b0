import type { Found } from '../../shared/booking-event.ts';
import { MAX_COUPON, cleanCoupon } from './clean-values.ts';
import { at, decode, isBlank, listAt, membersOf, textAt } from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';
import { isObject } from './safe-json.ts';

/** Where a coupon may stand, best proof first: a coupon the plugin knew, a field the site labels so, a note in words. */
interface CouponPlaces {
  codes: Place[];
  customFields: Place[];
  notes: Place[];
  /** Labels of fields that carry only an id (Bookly): `{"1":"Promo code"}` or `[{id,label}]`. */
  labels: Place | null;
}

const LABELS = [
  /\b(?:coupon|voucher|vouchercode|couponcode|promocode|discountcode|gutschein\w*|rabattcode|aktionscode|kortingscode|rabattkod\w*|kampanjkod|cupon|cupom|kupon\w*)\b/,
  /\b(?:promo|promotion|promotional|discount|rebate|rabatt|gift|aktions|kortings|offer) (?:code|kod)\b/,
  /\bcode (?:promo|promotion|promotionnel|de reduction|de remise|reduction|avantage)\b/,
  /\b(?:codigo|codice|kod) (?:promocional|promozionale|promo|de descuento|de desconto|descuento|desconto|sconto|rabatowy)\b/,
  /^(?:promo|gift card)$/,
];
/** "Voucher recipient's name" asks for something else. */
const NOT_A_CODE =
  /\b(?:id|ids|name|names|recipient|email|mail|amount|date|company|address|newsletter|type|status|used)\b/;
const NO_ANSWER =
  /^(?:no|none|non|nein|n\/?a|no code|keine?r?|keinen|aucun|yes|ja|oui|si|true|false|null|0|-+)\.?$/i;
const IN_WORDS =
  /\b(?:promo(?:tion(?:al)?)?[ -]?code|coupon(?:[ -]?code)?|voucher(?:[ -]?code)?|discount[ -]?code|gutschein(?:[ -]?code)?|rabatt[ -]?code|code promo)\b["'“”]?\s*(?:is|ist|est)?\s*[:=#-]?\s*["'“]?([A-Za-z0-9][A-Za-z0-9_-]{2,39})\b/giu;

/** Is this the label, or the key, of a field in which a buyer writes a coupon? */
export function isCouponLabel(label: string): boolean {
  const words = label
    .slice(0, 200)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return (
    words.split(' ').length <= 10 && !NOT_A_CODE.test(words) && LABELS.some((pattern) => pattern.test(words))
  );
}

export function findCoupon(places: CouponPlaces): { coupon: Found | null; remarks: string[] } {
  const candidates = [
    ...places.codes.flatMap(knownCode),
    ...places.customFields.flatMap((fields) => labelledCodes(fields, places.labels)),
    ...places.notes.flatMap(codeInWords),
  ];
  for (const { value, where } of candidates) {
    const clean = cleanCoupon(value);
    if (clean === null) continue;
    const remarks = clean.cut ? [`The coupon at ${where} was cut to ${MAX_COUPON} characters.`] : [];
    return { coupon: { value: clean.code, where }, remarks };
  }
  return { coupon: null, remarks: [] };
}

/** A code as such, or a coupon object with one. */
function knownCode(place: Place): Found[] {
  const holder = isObject(decode(place.value)) ? at(place, 'code') : place;
  return answer(holder);
}

function labelledCodes(fields: Place, labels: Place | null): Found[] {
  return membersOf(fields).flatMap((field) => {
    if (!isObject(decode(field.value))) return isCouponLabel(field.key) ? answer(field) : [];
    const label = textAt(field, 'label') ?? labelOf(textAt(field, 'id') ?? field.key, labels);
    return label !== null && isCouponLabel(label) ? answer(at(field, 'value')) : [];
  });
}

function labelOf(id: string, labels: Place | null): string | null {
  if (labels === null) return null;
  const listed = listAt(labels).find((entry) => textAt(entry, 'id') === id);
  return listed ? textAt(listed, 'label') : (textAt(labels, id) ?? textAt(labels, id, 'label'));
}

/** A field's value may be a list (check boxes); "no" and "-" are not codes. */
function answer(place: Place): Found[] {
  const list = Array.isArray(decode(place.value)) ? listAt(place) : [place];
  return list.flatMap(({ value, where }) => {
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string' || isBlank(text) || NO_ANSWER.test(text.trim())) return [];
    return [{ value: text, where }];
  });
}

/** "promo code KEY10 please" → KEY10; "coupon please" → nothing: a code has a digit, or stands out in capitals. */
function codeInWords({ value, where }: Place): Found[] {
  if (typeof value !== 'string') return [];
  // One blank each: several runs of optional blanks in a row would make the pattern cubic.
  const text = value.slice(0, 5_000).replace(/\s+/g, ' ');
  const shouts = text === text.toUpperCase();
  return [...text.matchAll(IN_WORDS)].flatMap(([, word = '']) => {
    const standsOut = /\d/.test(word) || (!shouts && word === word.toUpperCase());
    return standsOut ? [{ value: word, where }] : [];
  });
}
