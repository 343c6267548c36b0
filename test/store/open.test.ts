import { once } from 'node:events';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../server/store/migrate.ts';
import { openStore } from '../../server/store/open.ts';
import { engines } from '../support/engines.ts';
import { expectStoreError } from './exercise/expect-store-error.ts';
import { anOrder, storedOrder, unique } from './exercise/world.ts';
import { openFresh } from './open-fresh.ts';
import { openRaw } from './raw.ts';

const PASSWORD = 's3cret-PLANTED';

/** What a person would read, and everything that a log might add to it. */
async function refusal(url: string): Promise<{ message: string; everything: string }> {
  const error: unknown = await openStore({ url, poolSize: 1 }).then(
    (store) => store.close(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('the store opened, and should not have');
  return { message: error.message, everything: inspect(error, { depth: null, showHidden: true }) };
}

/** A port of this machine where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('opening what is no database', () => {
  it.each(['oracle', 'http', 'sqlite'])(
    'names the schemes that it knows instead of %s://',
    async (scheme) => {
      const { message, everything } = await refusal(
        `${scheme}://kb:${PASSWORD}@db.example.test:1521/keybank`,
      );
      expect(message).toContain(`${scheme}:`);
      for (const known of ['mysql://', 'mariadb://', 'postgres://']) expect(message).toContain(known);
      expect(everything).not.toContain(PASSWORD);
    },
  );
  it.each([
    '',
    'keybank',
    `kb:${PASSWORD}@db.example.test/keybank`,
    `mysql://kb:${PASSWORD}@db:notaport/keybank`,
  ])('says how an URL looks, and does not repeat the text (%#)', async (url) => {
    const { message, everything } = await refusal(url);
    expect(message).toContain('DATABASE_URL');
    expect(everything).not.toContain(PASSWORD);
  });
  it('asks for the name of the database when there is none', async () => {
    const { message, everything } = await refusal(`postgres://kb:${PASSWORD}@db.example.test:5433`);
    expect(message).toContain('db.example.test:5433');
    expect(everything).not.toContain(PASSWORD);
  });
});

describe.each(engines())('opening %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openFresh>>;
  beforeAll(async () => {
    opened = await openFresh(engine);
  });
  afterAll(() => opened.drop());

  const varied = (change: (url: URL) => void): string => {
    const url = new URL(opened.url);
    change(url);
    return url.href;
  };
  const address = () => new URL(opened.url).host;
  const withoutPassword = (text: string) => {
    expect(text).not.toContain(PASSWORD);
    const { password } = new URL(opened.url);
    if (password !== '') expect(text).not.toContain(password);
  };

  it('says which server it cannot reach', async () => {
    const port = String(await closedPort());
    const { message, everything } = await refusal(
      varied((url) => {
        url.hostname = '127.0.0.1';
        url.port = port;
        url.password = PASSWORD;
      }),
    );
    expect(message).toContain(`127.0.0.1:${port}`);
    withoutPassword(everything);
  });
  it('says which name no server answers to', async () => {
    const { message, everything } = await refusal(
      varied((url) => {
        url.hostname = 'db.invalid';
        url.password = PASSWORD;
      }),
    );
    expect(message).toContain('db.invalid:');
    withoutPassword(everything);
  });
  it('says who is not let in, and does not say the password', async () => {
    const { message, everything } = await refusal(
      varied((url) => {
        url.username = 'nobody-here';
        url.password = PASSWORD;
      }),
    );
    expect(message).toContain(address());
    expect(message).toContain('nobody-here');
    withoutPassword(everything);
  });
  it('says which database is missing', async () => {
    const { message, everything } = await refusal(
      varied((url) => {
        url.pathname = '/no_such_database';
      }),
    );
    expect(message).toContain(address());
    expect(message).toContain('no_such_database');
    withoutPassword(everything);
  });
  it('tells the same when it should migrate', async () => {
    const url = varied((each) => {
      each.pathname = '/no_such_database';
    });
    const told = (await refusal(url)).message;
    await expect(migrate({ url })).rejects.toThrow(told);
  });
  it('lets in a user whose password is full of signs', async () => {
    const raw = await openRaw(engine, opened.url);
    const [user, password] = [unique('kb').replace('-', '_'), 'p@ss:w/rd #%?&ü+"'];
    const database = new URL(opened.url).pathname.slice(1);
    const statements =
      engine === 'postgres'
        ? [`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`, `GRANT ALL ON DATABASE ${database} TO ${user}`]
        : [
            `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
            `GRANT ALL ON ${database}.* TO '${user}'@'%'`,
          ];
    for (const statement of statements) await raw.rows(statement);
    const store = await openStore({
      url: varied((url) => {
        url.username = user;
        url.password = encodeURIComponent(password);
      }),
      poolSize: 1,
    });
    await store.ping();
    await store.close();
    await raw.rows(
      engine === 'postgres' ? `REVOKE ALL ON DATABASE ${database} FROM ${user}` : `DROP USER '${user}'@'%'`,
    );
    if (engine === 'postgres') await raw.rows(`DROP ROLE ${user}`);
    await raw.end();
  });
  it('takes the other spelling of the scheme', async () => {
    const scheme = engine === 'postgres' ? 'postgresql' : 'mariadb';
    const store = await openStore({ url: opened.url.replace(/^\w+:/, `${scheme}:`), poolSize: 1 });
    expect(store.engine).toBe(engine);
    expect(store.version).toBe(opened.store.version);
    await store.close();
  });

  describe('when the server ends connections', () => {
    /** Ends every connection to the database but this one, as a restart or an administrator would. */
    async function endConnections(): Promise<void> {
      const raw = await openRaw(engine, opened.url);
      if (engine === 'postgres') {
        await raw.rows(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'keybank' AND pid <> pg_backend_pid()`,
        );
      } else {
        const rows = await raw.rows(
          'SELECT id AS id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
        );
        // A connection may be gone by itself before its turn comes.
        for (const row of rows) await raw.rows(`KILL ${String(row['id'])}`).catch(() => undefined);
      }
      await raw.end();
    }
    it('tells a transaction that its connection is lost, keeps nothing of it, and serves the next caller', async () => {
      const store = await openStore({ url: opened.url, poolSize: 4 });
      const [before, order] = [await storedOrder(store), anOrder()];
      const cut = store.transaction(async (tx) => {
        await tx.insertOrders({ orders: [order] });
        await endConnections();
        await tx.findOrder(before);
      });
      await expectStoreError(cut, 'store.lost');
      // Each connection of the pool may be found dead once; none twice.
      for (let tries = 0; tries < 4; tries++) {
        await store
          .findOrder(before)
          .catch((error: unknown) => expectStoreError(Promise.reject(error), 'store.lost'));
      }
      expect(await store.findOrder(before)).toEqual(before);
      expect(await store.findOrder(order)).toBeNull();
      await store.close();
    });
    it('tells a transaction that loses its connection at the COMMIT', async () => {
      const store = await openStore({ url: opened.url, poolSize: 1 });
      const order = anOrder();
      const cut = store.transaction(async (tx) => {
        await tx.insertOrders({ orders: [order] });
        await endConnections();
      });
      await expectStoreError(cut, 'store.lost');
      await store.ping().catch(() => undefined);
      expect(await store.findOrder(order)).toBeNull();
      await store.close();
    });
  });
});
