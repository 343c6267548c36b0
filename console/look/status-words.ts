type Tone = 'good' | 'wait' | 'bad' | 'busy' | 'calm';

/** Orders, receipts, mails, keys and parts of the service: no word means two things, so one table holds them all. */
const WORDS: Record<string, { tone: Tone; word?: string }> = {
  fulfilled: { tone: 'good' },
  waiting: { tone: 'wait' },
  held: { tone: 'busy', word: 'on hold' },
  cancelled: { tone: 'calm' },
  ignored: { tone: 'calm', word: 'nothing to send' },
  attention: { tone: 'bad', word: 'needs a person' },
  duplicate: { tone: 'calm' },
  spooled: { tone: 'busy' },
  queued: { tone: 'busy' },
  sending: { tone: 'busy' },
  accepted: { tone: 'good' },
  delivered: { tone: 'good' },
  retrying: { tone: 'wait' },
  failed: { tone: 'bad' },
  unknown: { tone: 'wait', word: 'may have arrived' },
  bounced: { tone: 'bad' },
  complained: { tone: 'bad', word: 'marked as spam' },
  withdrawn: { tone: 'calm' },
  available: { tone: 'calm', word: 'in stock' },
  assigned: { tone: 'good' },
  revoked: { tone: 'bad' },
  ok: { tone: 'good', word: 'OK' },
  warn: { tone: 'wait', word: 'watch' },
  bad: { tone: 'bad', word: 'trouble' },
};

export function toneOf(status: string): Tone {
  return WORDS[status]?.tone ?? 'calm';
}

export function wordOf(status: string): string {
  return WORDS[status]?.word ?? status;
}
