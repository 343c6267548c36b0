import { createServer } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface SmtpSink {
  url: string;
  /** Everything accepted so far, in order. */
  mails: ParsedMail[];
  /** Resolves when a mail comes (or came) that `wanted` likes. */
  waitFor(wanted: (mail: ParsedMail) => boolean): Promise<ParsedMail>;
  close(): Promise<void>;
}

/** A real SMTP server on loopback that keeps what it is given. */
export async function openSmtpSink(): Promise<SmtpSink> {
  const mails: ParsedMail[] = [];
  let watchers: { wanted: (mail: ParsedMail) => boolean; found: (mail: ParsedMail) => void }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData(stream, _session, done) {
      simpleParser(stream).then((mail) => {
        mails.push(mail);
        const hit = watchers.filter((watcher) => watcher.wanted(mail));
        watchers = watchers.filter((watcher) => !hit.includes(watcher));
        for (const watcher of hit) watcher.found(mail);
        done();
      }, done);
    },
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    waitFor(wanted) {
      const there = mails.find(wanted);
      if (there) return Promise.resolve(there);
      return new Promise((found) => watchers.push({ wanted, found }));
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
