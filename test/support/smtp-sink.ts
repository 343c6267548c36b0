import { createServer, type Server, type Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** What becomes of a mail that is not just taken. */
export interface MailFault {
  /** Reply to RCPT TO. */
  recipient?: number;
  /** Reply to the message, once it was received. */
  message?: number;
  /** The connection ends: before DATA, or when the whole message was taken and before the sender learns of it. */
  cutAt?: 'recipient' | 'message';
  /** The whole message was received; it is lost, and no answer comes. */
  hangAt?: 'message';
  /** The message is taken when this resolves. */
  hold?: Promise<unknown>;
}

export interface SinkFaults extends MailFault {
  /** Reply to the login. */
  login?: number;
  /** Offered when the sink is opened, with a certificate that proves nothing. */
  startTls?: boolean;
  /**
   * What becomes of one mail, in place of the faults above. Asked at RCPT TO: `nth` counts the mails of all
   * recipients, `time` those of this one, both from 1.
   */
  rule?: (mail: { to: string; nth: number; time: number }) => MailFault;
}

/** A mail that was taken: it has arrived, whatever its sender knows. */
export interface SunkMail extends ParsedMail {
  /** The recipients of its envelope. */
  envelopeTo: string[];
  /** The sender may not have learned that it was taken: the connection ended, and no command came after it. */
  isInDoubt: boolean;
}

export interface SmtpSink {
  port: number;
  url: string;
  /** Everything taken so far, in order. */
  mails: SunkMail[];
  /** Connections made so far. */
  connections: number;
  /** Resolves when a mail comes (or came) that `wanted` likes. */
  waitFor(wanted: (mail: SunkMail) => boolean): Promise<SunkMail>;
  /** Ends every connection. */
  cut(): void;
  /** Ends every connection and takes no more. */
  close(): Promise<void>;
  /** After `close`: listens again, on the same port. */
  reopen(): Promise<void>;
}

interface Connection {
  socket: Socket;
  fault: MailFault;
  /** Its newest mail, until the next command shows that the sender has read the answer. */
  last: SunkMail | null;
}

/** A real SMTP server on loopback that keeps what it is given, and misbehaves on demand: `faults` may be changed. */
export async function openSmtpSink(faults: SinkFaults = {}): Promise<SmtpSink> {
  const connections = new Map<number, Connection>();
  const times = new Map<string, number>();
  let nth = 0;
  let watchers: { wanted: (mail: SunkMail) => boolean; found: (mail: SunkMail) => void }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    ...(faults.startTls ? {} : { disabledCommands: ['STARTTLS'] }),
    logger: false,
    onAuth(_auth, _session, done) {
      if (faults.login) done(refusal(faults.login));
      else done(null, { user: 'shop' });
    },
    onRcptTo({ address }, session, done) {
      const connection = connections.get(session.remotePort);
      if (!connection) return done(refusal(421));
      const time = (times.get(address) ?? 0) + 1;
      times.set(address, time);
      nth += 1;
      connection.last = null;
      connection.fault = faults.rule ? faults.rule({ to: address, nth, time }) : { ...faults };
      if (connection.fault.cutAt === 'recipient') connection.socket.destroy();
      else done(connection.fault.recipient ? refusal(connection.fault.recipient) : null);
    },
    onData(stream, session, done) {
      const connection = connections.get(session.remotePort);
      const envelopeTo = session.envelope.rcptTo.map(({ address }) => address);
      receive(stream, envelopeTo, connection).then((reply) => {
        if (reply === 'none') return;
        done(reply === 250 ? null : refusal(reply));
      }, done);
    },
  });

  /** What to answer to the message. */
  async function receive(
    stream: Parameters<typeof simpleParser>[0],
    envelopeTo: string[],
    connection: Connection | undefined,
  ): Promise<number | 'none'> {
    const parsed = await simpleParser(stream);
    const { message, cutAt, hangAt, hold } = connection?.fault ?? {};
    if (hangAt) return 'none';
    if (message) return message;
    await hold;
    const isCut = cutAt === 'message' || !connection || connection.socket.destroyed;
    const mail = Object.assign(parsed, { envelopeTo, isInDoubt: isCut });
    keep(mail);
    if (connection) connection.last = mail;
    if (cutAt === 'message') connection?.socket.destroy();
    return isCut ? 'none' : 250;
  }

  function keep(mail: SunkMail): void {
    sink.mails.push(mail);
    const hit = watchers.filter((watcher) => watcher.wanted(mail));
    watchers = watchers.filter((watcher) => !hit.includes(watcher));
    for (const watcher of hit) watcher.found(mail);
  }

  function cut(): void {
    for (const { socket } of connections.values()) socket.destroy();
  }

  server.on('error', () => {});
  server.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    const connection: Connection = { socket, fault: {}, last: null };
    sink.connections += 1;
    connections.set(port, connection);
    socket.on('close', () => {
      if (connection.last) connection.last.isInDoubt = true;
      if (connections.get(port) === connection) connections.delete(port);
    });
  });
  const port = await listen(server.server);
  const sink: SmtpSink = {
    port,
    url: `smtp://127.0.0.1:${port}`,
    mails: [],
    connections: 0,
    waitFor(wanted) {
      const there = sink.mails.find(wanted);
      if (there) return Promise.resolve(there);
      return new Promise((found) => watchers.push({ wanted, found }));
    },
    cut,
    close: () => closeServer(server.server, cut),
    async reopen() {
      await listen(server.server, port);
    },
  };
  return sink;
}

/** A port that hangs up on whoever connects. */
export async function openSlammer(): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((socket) => socket.destroy());
  return { port: await listen(server), close: () => closeServer(server, () => {}) };
}

/** A port that nobody listens on. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await closeServer(server, () => {});
  return port;
}

/** Quotes an address, as servers do. */
function refusal(reply: number): Error {
  return Object.assign(new Error('no, a@b.example'), { responseCode: reply });
}

function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

function closeServer(server: Server, cut: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    cut();
  });
}
