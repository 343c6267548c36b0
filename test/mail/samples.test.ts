import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { classify } from '../../server/mail/classify.ts';
import { judge } from '../../server/mail/events/judge.ts';
import { decide } from '../../server/mail/settlement.ts';
import failing from '../../templates/admin-mail-failing.sample.json' with { type: 'json' };

const AT = new Date('2026-11-23T06:00:00Z');
const message = {
  ...{ id: 'm', kind: 'key' as const, orderId: 1, recipient: 'ann@buyer.example', priority: 1 as const },
  ...{
    status: 'accepted' as const,
    attempts: 1,
    dueAt: null,
    leaseToken: null,
    lastCode: null,
    lastError: null,
  },
  ...{ createdAt: new Date('2026-11-19T06:00:00Z'), acceptedAt: null },
};

/** What stands in brackets comes from outside. */
const withoutCodes = (text: string): string => text.replace(/ \([^)]*\)/g, '');

function told(kind: 'bounced' | 'complained', isHard: boolean): string {
  const event = {
    provider: 'postmark' as const,
    eventId: 'e',
    messageId: 'm',
    at: AT,
    receivedAt: AT,
    detail: 'x',
  };
  const { alert } = judge(message, {
    email: message.recipient,
    known: [],
    fresh: [{ ...event, kind, isHard }],
  });
  return withoutCodes(alert?.detail ?? '');
}

function settled(responseCode: number): string {
  const fault = {
    code: 'EENVELOPE',
    originalCode: null,
    command: 'RCPT TO',
    response: null,
    bodySent: false,
  };
  const outcome = classify({ ...fault, responseCode });
  return withoutCodes(
    decide({ ...message, status: 'retrying', attempts: 20 }, outcome, { now: AT, random: 0 }).alert ?? '',
  );
}

describe('the samples of the mail about failing mails', () => {
  it('say what the server says, word for word', () => {
    const said: Record<string, string[]> = {
      mail_failed: [settled(550), settled(452)],
      mail_bounced: [told('bounced', true), told('bounced', false)],
      mail_complained: [told('complained', false)],
    };
    for (const text of Object.values(said).flat()) expect(text).not.toBe('');
    const failures = failing.flatMap(({ facts }) => facts.failures);
    for (const { kind, detail } of failures)
      expect(said[z.string().parse(kind)]).toContain(withoutCodes(detail));
  });

  it('have a title that fits', () => {
    for (const { title, facts } of failing) {
      const kinds = facts.failures.map(({ kind }) => kind);
      if (new Set(kinds).size === 3) expect(title).toBe('One mail of each kind, and two more');
    }
  });
});
