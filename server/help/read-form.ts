export interface HelpRequest {
  email: string;
  /** The booking number as it was typed. */
  booking: string;
}

/** An address and a booking number are short; more than this is no form of ours. */
export const HELP_FORM_LIMIT = 4096;
const LONGEST = 300;

/** The two fields of a posted form, the first of each when there are several; null when one is empty, or too long to be true. */
export function readHelpForm(body: Uint8Array): HelpRequest | null {
  const form = new URLSearchParams(new TextDecoder().decode(body));
  const [email, booking] = ['email', 'booking'].map((name) => (form.get(name) ?? '').trim());
  if (!email || !booking || email.length > LONGEST || booking.length > LONGEST) return null;
  return { email: email.toLowerCase(), booking };
}
