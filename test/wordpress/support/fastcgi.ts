import { createConnection, type Socket } from 'node:net';

/** One request to a FastCGI server (FastCGI 1.0, the responder's role), on a connection of its own. */
export interface FastCgiRequest {
  port: number;
  params: Record<string, string>;
  body: AsyncIterable<Buffer>;
  onHead(head: { code: number; headers: [string, string][] }): void;
  onBody(chunk: Buffer): void;
}

export interface FastCgiEnd {
  /** What the server wrote to its standard error: PHP's own messages. */
  errors: string;
  socket: Socket;
}

const BEGIN = 1;
const END = 3;
const PARAMS = 4;
const STDIN = 5;
const STDOUT = 6;
const STDERR = 7;
const MOST_BYTES = 65_528;

/** Resolves when the server says that the request is done, which `fastcgi_finish_request()` says early. */
export function ask({ port, params, body, onHead, onBody }: FastCgiRequest): Promise<FastCgiEnd> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port, noDelay: true });
    let waiting: Buffer = Buffer.alloc(0);
    let head: Buffer | undefined = Buffer.alloc(0);
    let errors = '';
    const onOutput = (chunk: Buffer) => {
      if (!head) return onBody(chunk);
      head = Buffer.concat([head, chunk]);
      const end = /\r?\n\r?\n/.exec(head.toString('latin1'));
      if (!end) return;
      const rest = head.subarray(end.index + end[0].length);
      onHead(readHead(head.subarray(0, end.index).toString('utf8')));
      head = undefined;
      if (rest.length > 0) onBody(rest);
    };
    const onRecord = (type: number, content: Buffer) => {
      if (type === STDOUT && content.length > 0) onOutput(content);
      if (type === STDERR) errors += content.toString();
      if (type !== END) return;
      if (head) reject(new Error(`no response from PHP: ${head.toString()} ${errors}`));
      resolve({ errors, socket });
      socket.end();
    };
    socket.on('data', (chunk: Buffer) => {
      waiting = waiting.length > 0 ? Buffer.concat([waiting, chunk]) : chunk;
      while (waiting.length >= 8) {
        const length = waiting.readUInt16BE(4);
        const whole = 8 + length + waiting.readUInt8(6);
        if (waiting.length < whole) break;
        onRecord(waiting.readUInt8(1), Buffer.from(waiting.subarray(8, 8 + length)));
        waiting = waiting.subarray(whole);
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`PHP-FPM closed the connection: ${errors}`)));
    void send(socket, params, body).catch(reject);
  });
}

async function send(
  socket: Socket,
  params: Record<string, string>,
  body: AsyncIterable<Buffer>,
): Promise<void> {
  // Role 1 is the responder; the connection is closed after the request.
  socket.write(record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])));
  const pairs = Buffer.concat(Object.entries(params).map(([name, value]) => pair(name, value)));
  for (const part of parts(pairs)) socket.write(record(PARAMS, part));
  socket.write(record(PARAMS, Buffer.alloc(0)));
  for await (const chunk of body) for (const part of parts(chunk)) socket.write(record(STDIN, part));
  socket.write(record(STDIN, Buffer.alloc(0)));
}

function record(type: number, content: Buffer): Buffer {
  const head = Buffer.from([1, type, 0, 1, 0, 0, 0, 0]);
  head.writeUInt16BE(content.length, 4);
  return Buffer.concat([head, content]);
}

function pair(name: string, value: string): Buffer {
  const bytes = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([...bytes.map(({ length }) => size(length)), ...bytes]);
}

function size(length: number): Buffer {
  if (length < 128) return Buffer.from([length]);
  const four = Buffer.alloc(4);
  four.writeUInt32BE((length | 0x80000000) >>> 0);
  return four;
}

function* parts(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += MOST_BYTES) yield bytes.subarray(at, at + MOST_BYTES);
}

function readHead(text: string): { code: number; headers: [string, string][] } {
  const headers: [string, string][] = [];
  let code = 200;
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') code = Number(value.slice(0, 3));
    else if (colon > 0) headers.push([name, value]);
  }
  return { code, headers };
}
