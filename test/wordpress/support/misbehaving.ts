import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** `ok` is a Key Bank that takes everything; the rest are ways in which a server is away. */
export type Mode = 'ok' | 'slow' | '500' | '401' | '429' | 'reset' | 'hang' | 'html' | 'redirect';

export interface Recorded {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Milliseconds since the epoch: the request was read whole, and its answer given (null: never). */
  at: number;
  answeredAt: number | null;
  /** When the caller hung up, or the connection ended otherwise; null while it is open. */
  closedAt: number | null;
}

export interface Misbehaving {
  url: string;
  /** In the order of their coming. */
  requests: Recorded[];
  /** From the next request on. */
  set(mode: Mode): void;
  /** Resolves with the requests once there are so many. */
  waitFor(count: number, patienceMs?: number): Promise<Recorded[]>;
  stop(): Promise<void>;
}

export interface MisbehavingOptions {
  mode: Mode;
  /** How long `slow` takes. */
  slowMs?: number;
  /** Of `429`. */
  retryAfterSeconds?: number;
  /** To come up where a server was before. */
  port?: number;
}

/** A server on loopback that is not well, and remembers what it was sent. */
export async function startMisbehaving(options: MisbehavingOptions): Promise<Misbehaving> {
  const { slowMs = 2_000, retryAfterSeconds = 30 } = options;
  const requests: Recorded[] = [];
  let mode = options.mode;
  const respond = async (response: ServerResponse, recorded: Recorded) => {
    const say = (code: number, body: string, headers: Record<string, string> = {}) => {
      recorded.answeredAt = Date.now();
      response.writeHead(code, {
        'content-type': 'application/json',
        'x-keybank-version': '0.1.0',
        ...headers,
      });
      response.end(body);
    };
    switch (mode) {
      case 'ok':
        return say(200, '{"status":"created","orderId":"stand-in","deliveryId":"stand-in"}');
      case 'slow':
        await pause(slowMs);
        return say(200, '{"status":"created","orderId":"stand-in","deliveryId":"stand-in"}');
      case '500':
        return say(500, '{"error":"internal"}');
      case '401':
        return say(401, '{"error":"unauthorized"}');
      case '429':
        return say(429, '{"error":"busy"}', { 'retry-after': String(retryAfterSeconds) });
      case 'html':
        return say(200, '<!doctype html><h1>Just a moment...</h1>', {
          'content-type': 'text/html',
          'x-keybank-version': '',
        });
      case 'redirect':
        return say(302, '', { location: 'http://127.0.0.1:9/elsewhere' });
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'hang':
        return;
    }
  };
  const server = createServer((request, response) => {
    void record(request).then((recorded) => {
      response.on('close', () => (recorded.closedAt = Date.now()));
      requests.push(recorded);
      return respond(response, recorded);
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    set: (next) => (mode = next),
    async waitFor(count, patienceMs = 20_000) {
      for (const deadline = Date.now() + patienceMs; requests.length < count; await pause(10)) {
        if (Date.now() > deadline) throw new Error(`${requests.length} requests instead of ${count}`);
      }
      return requests;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function record(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString(),
    at: Date.now(),
    answeredAt: null,
    closedAt: null,
  };
}
