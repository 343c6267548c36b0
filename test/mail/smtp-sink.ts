import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** An SMTP server on loopback that misbehaves on demand. */
interface Sink {
  port: number;
  /** Mails taken, parsed, each with the recipients of its envelope. */
  mails: { to: string[]; mail: ParsedMail }[];
  /** Connections made so far. */
  connections: number;
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

export interface SinkFaults {
  login?: number;
  recipient?: number;
  /** Answer to the message once it was received. */
  message?: number;
  /** What happens instead of an answer. */
  cutAt?: 'recipient' | 'message';
  hangAt?: 'message';
  startTls?: boolean;
}

/** `faults` may be changed while the sink runs. */
export async function openSink(faults: SinkFaults = {}): Promise<Sink> {
  const sockets = new Set<Socket>();
  const cut = () => sockets.forEach((socket) => socket.destroy());
  const refuse = (reply: number) => Object.assign(new Error('no, a@b.example'), { responseCode: reply });
  const sink: Sink = {
    port: 0,
    mails: [],
    connections: 0,
    cut,
    close: () => closeServer(server.server, cut),
  };
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    ...(faults.startTls ? {} : { disabledCommands: ['STARTTLS'] }),
    logger: false,
    onAuth(_auth, _session, done) {
      if (faults.login) done(refuse(faults.login));
      else done(null, { user: 'shop' });
    },
    onRcptTo(_address, _session, done) {
      if (faults.cutAt === 'recipient') cut();
      else done(faults.recipient ? refuse(faults.recipient) : null);
    },
    onData(stream, session, done) {
      simpleParser(stream, (_error, mail) => {
        if (faults.cutAt === 'message') return cut();
        if (faults.hangAt === 'message') return;
        if (faults.message) return done(refuse(faults.message));
        sink.mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), mail });
        done();
      });
    },
  });
  server.on('error', () => {});
  server.server.on('connection', (socket: Socket) => {
    sink.connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  sink.port = await listen(server.server);
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

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
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
