import { HtmlValidate } from 'html-validate';
import { describe, expect, it } from 'vitest';
import { extremes, samples } from './mails.ts';

/** What is right for a page is not always right for a mail. */
const WEB_ONLY = {
  // Many clients drop <style>: all CSS stands in the tags.
  'no-inline-style': 'off',
  // Outlook on Windows is spoken to by them alone.
  'no-conditional-comment': 'off',
  // `bgcolor`, `align`, `valign` and the rest are what Word understands.
  'no-deprecated-attr': 'off',
  // Word and Gmail know table, tr and td; a tbody is one more thing to style.
  'prefer-tbody': 'off',
  // Written small, as MJML and every mail of the trade has it; clients compare it without regard to case.
  'doctype-style': 'off',
  // For search engines; the title of a mail is its subject, at most 120 characters.
  'long-title': 'off',
} as const;

const validator = new HtmlValidate({ extends: ['html-validate:recommended'], rules: WEB_ONLY });

describe('html-validate finds nothing', () => {
  it.each([
    ['in any sample', samples],
    ['in any mail filled to its limits', extremes],
  ])('%s', async (_which, mails) => {
    for (const { template, title, mail } of mails()) {
      const { results } = await validator.validateString(mail.html);
      const found = results.flatMap(({ messages }) => messages);
      const told = found.map(
        ({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`,
      );
      expect(told, `${template}: ${title}`).toEqual([]);
    }
  });

  it('but a fault', async () => {
    const { results } = await validator.validateString('<p><img src="x"></p>');
    expect(results.flatMap(({ messages }) => messages).map(({ ruleId }) => ruleId)).toContain('wcag/h37');
  });
});
