import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTransport } from '../../server/mail/transport.ts';
import { loadBrand } from '../../server/mail/brand.ts';
import { renderKeyMail } from '../../server/mail/render.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'keybank-mailbox-'));
});
afterEach(() => rm(home, { recursive: true }));

const ID = '0190f3b2-0000-7000-8000-000000000001';

function open(mailboxDir: string) {
  let ms = Date.parse('2026-11-22T20:06:46.123Z');
  const clock = { now: () => new Date((ms += 1000)) };
  return openTransport({
    mail: { kind: 'mailbox' },
    from: 'keys@shop.example',
    brandName: 'Key Bank',
    mailboxDir,
    clock,
  });
}

const mail = (messageId = ID) => ({
  messageId,
  to: { name: 'Ann Ö', address: 'ann@buyer.example' },
  ...renderKeyMail({
    brand: loadBrand(),
    order: { orderId: 'amelia:13', name: 'Ann Ö' },
    products: [
      {
        name: 'Erste Hilfe für Ämter',
        keys: [`K&<${'0O'.repeat(28)}`],
        activationUrl: null,
        instructions: null,
      },
    ],
    copy: false,
    formerKeys: [],
  }),
});

describe('the local mailbox', () => {
  it('holds whole mails that only their owner may read, in the order of time', async () => {
    const dir = join(home, 'data', 'mailbox');
    const transport = open(dir);
    expect(await transport.send(mail())).toEqual({ kind: 'accepted' });
    expect(await transport.send(mail('0190f3b2-0000-7000-8000-000000000000'))).toEqual({ kind: 'accepted' });
    const files = (await readdir(dir)).sort();
    expect(files).toHaveLength(2);
    expect(files[0]).toMatch(/^20261122T\d{9}Z-0190f3b2-0000-7000-8000-000000000001\.eml$/);
    expect(((await stat(join(dir, files[0] ?? ''))).mode & 0o777).toString(8)).toBe('600');
    expect(((await stat(dir)).mode & 0o777).toString(8)).toBe('700');
  });

  it('holds mails that any reader can parse', async () => {
    const transport = open(home);
    await transport.send(mail());
    const [file] = await readdir(home);
    const parsed = await simpleParser(await readFile(join(home, file ?? '')));
    expect(parsed.subject).toBe('Your license key: Erste Hilfe für Ämter');
    expect(parsed.messageId).toBe(`<${ID}@shop.example>`);
    expect(parsed.to).toMatchObject({ value: [{ name: 'Ann Ö', address: 'ann@buyer.example' }] });
    expect(parsed.text).toContain(`K&<${'0O'.repeat(28)}`);
    expect(parsed.html).toContain(`K&amp;&lt;${'0O'.repeat(28)}`);
    expect(parsed.date).toEqual(new Date('2026-11-22T20:06:47.000Z'));
  });

  it('pauses the queue when it cannot be written, instead of losing mails', async () => {
    await open(home).send(mail());
    const [file] = await readdir(home);
    const transport = open(join(home, file ?? '', 'below-a-file'));
    expect(await transport.send(mail())).toMatchObject({ kind: 'configuration', code: 'enotdir' });
  });
});
