import { describe, expect, test } from 'vitest';
import { welcomePage, type Figures } from '../server/welcome.ts';

const figures = (paused: Figures['paused']): Figures => ({ levels: [], mails: [], sites: [], paused });
const app = { transport: { name: 'smtp://mail.example:587' } };
const until = new Date('2026-11-23T09:00:30Z');

describe('the page /', () => {
  test('says that no mail leaves, why, and what to do, when the settings are wrong', () => {
    const why = 'the mail server refused the login (535)';
    const html = welcomePage(app, figures({ cause: 'configuration', code: 'smtp_535', why, until }));
    expect(html).toContain('<strong>Mind</strong> No mail leaves');
    expect(html).toContain(why);
    expect(html).toContain('09:00:30 UTC');
    expect(html).toContain('KEYBANK_MAIL');
  });

  test('says so when the mail server asked for less, with nothing to do', () => {
    const why = 'the mail server closed the session (421)';
    const html = welcomePage(app, figures({ cause: 'busy', code: 'smtp_421', why, until }));
    expect(html).toContain('asked for less');
    expect(html).not.toContain('KEYBANK_MAIL');
  });

  test('says nothing of it while mails leave, nor to a browser elsewhere', () => {
    for (const shown of [figures(null), null])
      expect(welcomePage(app, shown)).not.toContain('<strong>Mind</strong>');
  });
});
