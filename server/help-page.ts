import { escapeHtml } from './escape-html.ts';
import type { Brand } from './mail/brand.ts';
import { pageFrame } from './page.ts';

/** What became of the form: it was taken, a field is empty, this network asked too often, or nobody can look right now. */
export type HelpNews = 'asked' | 'incomplete' | 'too many' | 'away';
type HelpBrand = Pick<Brand, 'name' | 'supportEmail'>;

/**
 * "I did not get my key", for buyers. SECURITY: it is made of the brand and one of these words alone, so that it can say
 * nothing of a booking, and nothing that was typed comes back.
 */
export function helpPage(brand: HelpBrand, news: HelpNews | null): string {
  const { heading, body } = PAGES[news ?? 'form'];
  return pageFrame({
    title: `${heading} · ${brand.name}`,
    body: `<p class="soft">${escapeHtml(brand.name)}</p>\n<h1>${heading}</h1>\n${body}\n${support(brand)}`,
  });
}

const FORM = `<form method="post">
<label for="email">E-mail address</label>
<p class="soft" id="email-hint">The one that you gave with your booking.</p>
<input id="email" name="email" type="email" autocomplete="email" maxlength="254" required aria-describedby="email-hint">
<label for="booking">Booking number</label>
<p class="soft" id="booking-hint">It is in the confirmation of your booking, for example <code>13</code> or <code>amelia:13</code>.</p>
<input id="booking" name="booking" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="100" required aria-describedby="booking-hint">
<button>Send my key again</button>
</form>`;
const HEADING = 'I did not get my key';
const AGAIN = '<p><a href="help">Back to the form</a></p>';

const PAGES: Record<HelpNews | 'form', { heading: string; body: string }> = {
  form: {
    heading: HEADING,
    body: `<p>We mail it once more, to the address of your booking. Please look into your spam folder first: it may be there already.</p>\n${FORM}`,
  },
  incomplete: {
    heading: HEADING,
    body: `<p role="alert"><strong>Please fill in both fields.</strong></p>\n${FORM}`,
  },
  asked: {
    heading: 'Thank you',
    body: `<p>If the address and the number belong together, a mail with your key is on its way to the address of the booking. It should be there within a few minutes.</p>
<p>Nothing by then? Look into your spam folder, and compare the number with your confirmation. Did you book a moment ago, or were you told that
your key will follow? Then it comes by itself.</p>
<p class="soft">So that nobody learns of your bookings, this page says the same to everyone.</p>
${AGAIN}`,
  },
  'too many': {
    heading: 'Please wait a little',
    body: `<p>This was asked too often in a short time. Please come back in a quarter of an hour.</p>\n${AGAIN}`,
  },
  away: {
    heading: 'Please try again in a minute',
    body: `<p>We cannot look for your booking right now, and nothing was sent. Your key is safe.</p>\n${AGAIN}`,
  },
};

function support({ supportEmail }: HelpBrand): string {
  const address = escapeHtml(supportEmail);
  return supportEmail
    ? `<p class="soft">Does this not help? Write to <a href="mailto:${address}">${address}</a> and name your booking.</p>`
    : '<p class="soft">Does this not help? Please ask the shop where you booked, and name your booking.</p>';
}
