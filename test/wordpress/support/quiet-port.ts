import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A free port that stays free until we take it: below those that systems hand out to outgoing connections, of which a
 * WordPress makes hundreds between our choosing the port and listening on it.
 */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = randomInt(18_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
