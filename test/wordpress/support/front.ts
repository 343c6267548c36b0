import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './fastcgi.ts';

/** The web server before PHP-FPM. */
export interface Front {
  /** Resolves when no worker of PHP-FPM runs a script any more, not even after its response has ended. */
  idle(patienceMs?: number): Promise<void>;
  /** How many workers run a script now. */
  busy(): Promise<number>;
  stop(): Promise<void>;
}

export interface FrontOptions {
  port: number;
  fpmPort: number;
  root: string;
  /** Every request goes to this script. */
  script: string;
}

export async function startFront(options: FrontOptions): Promise<Front> {
  const { port, fpmPort } = options;
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      if (response.headersSent) return response.end();
      response.writeHead(502, { 'content-type': 'text/plain' });
      response.end(error instanceof Error ? error.message : String(error));
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const busy = () => askStatus(fpmPort);
  return {
    busy,
    async idle(patienceMs = 30_000) {
      for (const deadline = Date.now() + patienceMs; (await busy()) > 0; await pause(5)) {
        if (Date.now() > deadline) throw new Error(`a worker is still busy after ${patienceMs} ms`);
      }
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  { fpmPort, root, script, port }: FrontOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '/', query = ''] = split(request.url ?? '/');
  const headers = Object.entries(request.headers).map(([name, value]) => [
    `HTTP_${name.toUpperCase().replaceAll('-', '_')}`,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  const params: Record<string, string> = {
    ...Object.fromEntries(headers.filter(([name]) => name !== 'HTTP_PROXY')),
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_PROTOCOL: 'HTTP/1.1',
    SERVER_SOFTWARE: 'front',
    SERVER_NAME: '127.0.0.1',
    SERVER_ADDR: '127.0.0.1',
    SERVER_PORT: String(port),
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_PORT: String(request.socket.remotePort ?? 0),
    REQUEST_METHOD: request.method ?? 'GET',
    REQUEST_URI: request.url ?? '/',
    QUERY_STRING: query,
    DOCUMENT_ROOT: root,
    SCRIPT_NAME: path,
    SCRIPT_FILENAME: script,
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    REDIRECT_STATUS: '200',
  };
  // PHP must know the length beforehand, and a chunked body has none.
  const body = await read(request);
  params['CONTENT_LENGTH'] = String(body.length);
  await ask({
    port: fpmPort,
    params,
    body: one(body),
    onHead({ code, headers: given }) {
      for (const [name, value] of given) response.appendHeader(name, value);
      response.writeHead(code);
      response.flushHeaders();
    },
    onBody: (chunk) => void response.write(chunk),
  });
  response.end();
}

/** PHP-FPM's own figure of running scripts, less the question itself. */
async function askStatus(port: number): Promise<number> {
  const chunks: Buffer[] = [];
  const path = '/fpm-status';
  const names = { SCRIPT_NAME: path, SCRIPT_FILENAME: path, REQUEST_URI: path, QUERY_STRING: 'json' };
  await ask({
    port,
    params: { ...names, REQUEST_METHOD: 'GET', SERVER_PROTOCOL: 'HTTP/1.1', GATEWAY_INTERFACE: 'CGI/1.1' },
    body: one(Buffer.alloc(0)),
    onHead: () => undefined,
    onBody: (chunk) => chunks.push(chunk),
  });
  const found = /"active processes":(\d+)/.exec(Buffer.concat(chunks).toString());
  if (!found) throw new Error(`PHP-FPM gives no status: ${Buffer.concat(chunks).toString().slice(0, 200)}`);
  return Number(found[1]) - 1;
}

function split(url: string): string[] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url] : [url.slice(0, mark), url.slice(mark + 1)];
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes;
}
