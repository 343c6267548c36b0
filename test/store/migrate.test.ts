import { readdir } from 'node:fs/promises';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../server/store/migrate.ts';
import { openStore } from '../../server/store/open.ts';
import { engines, freshDatabase } from '../support/engines.ts';
import { openRaw } from './raw.ts';
import type { Raw } from './raw.ts';
import { aMessage, storedOrder, the } from './exercise/world.ts';

const filesOf = async (twin: 'mysql' | 'postgres') =>
  (await readdir(new URL(`../../server/store/${twin}/migrations/`, import.meta.url))).toSorted();

it('has the same numbered migrations for both kinds of database', async () => {
  const files = await filesOf('postgres');
  expect(await filesOf('mysql')).toEqual(files);
  for (const [nth, file] of files.entries()) {
    expect(file).toMatch(new RegExp(`^${String(nth + 1).padStart(4, '0')}-[a-z0-9-]+\\.sql$`));
  }
});

describe.each(engines())('migrating %s', (engine) => {
  const isPostgres = engine === 'postgres';
  const undo: (() => Promise<void>)[] = [];
  let url: string;
  let raw: Raw;

  beforeEach(async () => {
    const database = await freshDatabase(engine);
    url = database.url;
    raw = await openRaw(engine, url);
    const { end } = raw;
    undo.push(async () => {
      await end();
      await database.drop();
    });
  });
  afterAll(async () => {
    for (const step of undo) await step();
  });
  const names = async () =>
    (await filesOf(isPostgres ? 'postgres' : 'mysql')).map((file) => file.replace('.sql', ''));
  const tables = async () => {
    const rows = await raw.rows(
      `SELECT table_name AS name FROM information_schema.tables
        WHERE table_schema = ${isPostgres ? 'current_schema()' : 'DATABASE()'}`,
    );
    return rows.map((row) => String(row['name'])).toSorted();
  };

  it('runs each migration once, in order, and nothing the second time', async () => {
    expect(await migrate({ url })).toEqual(await names());
    const before = await tables();
    expect(await migrate({ url })).toEqual([]);
    expect(await tables()).toEqual(before);
  });

  it('lets eight starts at once all succeed, and runs each migration once among them', async () => {
    const ran = await Promise.all(Array.from({ length: 8 }, () => migrate({ url })));
    expect(ran.flat()).toEqual(await names());
    const store = await openStore({ url, poolSize: 1 });
    await storedOrder(store);
    await store.close();
  });

  it('gives license_keys exactly the eight given columns', async () => {
    await migrate({ url });
    const columns = await raw.rows(
      `SELECT column_name AS name, is_nullable AS nullable FROM information_schema.columns
        WHERE table_schema = ${isPostgres ? 'current_schema()' : 'DATABASE()'} AND table_name = 'license_keys'
        ORDER BY ordinal_position`,
    );
    expect(columns.map((column) => [column['name'], column['nullable']])).toEqual([
      ['id', 'NO'],
      ['license_key', 'NO'],
      ['status', 'NO'],
      ['product_sku', 'NO'],
      ['assigned_to_email', 'YES'],
      ['assigned_order_id', 'YES'],
      ['assigned_coupon_code', 'YES'],
      ['assigned_at', 'YES'],
    ]);
  });

  it('makes a key available unless told otherwise, numbers it, and refuses its text a second time', async () => {
    await migrate({ url });
    const insert = "INSERT INTO license_keys (license_key, product_sku) VALUES ('A-KEY', 'A-SKU')";
    await raw.rows(insert);
    expect(await raw.rows('SELECT id, status FROM license_keys')).toEqual([
      { id: isPostgres ? '1' : 1, status: 'available' },
    ]);
    await expect(raw.rows(insert)).rejects.toThrow();
  });

  it('has the claim index on product, status and id, in this order', async () => {
    await migrate({ url });
    expect(await indexes('license_keys')).toContain('product_sku,status,id');
  });

  it('refuses a database that ran a migration which was edited since', async () => {
    const name = the((await migrate({ url }))[0]);
    await raw.rows(`UPDATE schema_migrations SET checksum = '${'0'.repeat(64)}' WHERE number = 1`);
    await expect(migrate({ url })).rejects.toThrow(new RegExp(`${name}.*was changed`));
  });

  it('refuses a database that is newer than the code', async () => {
    await migrate({ url });
    await raw.rows(
      `INSERT INTO schema_migrations (number, name, checksum) VALUES (9999, '9999-from-the-future', '${'0'.repeat(64)}')`,
    );
    await expect(migrate({ url })).rejects.toThrow(/newer than this program.*9999-from-the-future/);
  });

  it('brings a database from before the mail events along, with the mails and products in it', async () => {
    await migrate({ url });
    for (const step of [
      'DROP TABLE mail_events',
      'DROP TABLE mail_suppressions',
      'ALTER TABLE products DROP COLUMN tell_waiting',
      'ALTER TABLE messages DROP CONSTRAINT messages_status',
      "ALTER TABLE messages ADD CONSTRAINT messages_status CHECK (status IN ('queued', 'bounced'))",
      'DELETE FROM schema_migrations WHERE number = 6',
      "INSERT INTO products (sku, name, on_cancel, hold_minutes) VALUES ('OLD', 'Old', 'keep', 0)",
    ]) {
      await raw.rows(step);
    }
    const before = await openStore({ url, poolSize: 1 });
    const messages = [aMessage(), aMessage()];
    await before.insertMessages({ messages });
    await before.close();
    expect(await migrate({ url })).toEqual((await names()).filter((name) => name.startsWith('0006')));
    const store = await openStore({ url, poolSize: 1 });
    expect(await store.listProducts()).toEqual([expect.objectContaining({ sku: 'OLD', tellWaiting: true })]);
    expect(await store.messageCounts({ since: null })).toEqual([{ status: 'queued', count: 2 }]);
    await store.close();
    await raw.rows("UPDATE messages SET status = 'complained'");
    await expect(raw.rows("UPDATE messages SET status = 'lost'")).rejects.toThrow(/messages_status/);
  });

  it('brings a database from before the staff along: orders are found by surname, alerts are open', async () => {
    await migrate({ url });
    const indexed = [
      ['orders', 'orders_by_surname'],
      ['deliveries', 'deliveries_by_verdict'],
      ['messages', 'messages_troubled'],
      ['alerts', 'alerts_open'],
      ['audit_log', 'audit_log_by_actor'],
      ['audit_log', 'audit_log_by_action'],
      ['audit_log', 'audit_log_by_time'],
    ];
    const generated = [
      'ALTER TABLE orders DROP COLUMN surname_lower',
      'ALTER TABLE messages DROP COLUMN trouble',
    ];
    for (const step of [
      ...indexed.map(([table, index]) => `DROP INDEX ${index}${isPostgres ? '' : ` ON ${table}`}`),
      ...(isPostgres ? [] : generated),
      'ALTER TABLE orders DROP COLUMN stopped',
      'ALTER TABLE alerts DROP COLUMN settled_at, DROP COLUMN settled_by',
      'ALTER TABLE imports DROP COLUMN undone_at, DROP COLUMN removed',
      'ALTER TABLE staff DROP COLUMN grants',
      'DROP TABLE sessions, turns, instances',
      'DELETE FROM schema_migrations WHERE number = 7',
      `INSERT INTO orders (site, source, external_id, status, name, name_lower, units, first_delivery_id,
        last_delivery_id, created_at, updated_at) VALUES ('', 'amelia', '13', 'fulfilled', 'Ada Lovelace',
        'ada lovelace', 1, 'd', 'd', '2026-11-01', '2026-11-01')`,
      "INSERT INTO alerts (kind, detail, created_at) VALUES ('attention', 'look', '2026-11-01')",
      `INSERT INTO staff (name, role, token_hash, created_at) VALUES ('Ada', 'admin', 'h', '2026-11-01')`,
    ]) {
      await raw.rows(step);
    }
    expect(await migrate({ url })).toEqual((await names()).filter((name) => name.startsWith('0007')));
    const store = await openStore({ url, poolSize: 1 });
    const page = { beforeId: Number.MAX_SAFE_INTEGER, limit: 9 };
    expect(
      await store.lookupByWords({ emails: [], coupons: [], names: ['lovelace'], ...page }),
    ).toMatchObject([{ stopped: false }]);
    expect(await store.listOpenAlerts({ kind: 'attention', ...page })).toHaveLength(1);
    expect(await store.listStaff()).toMatchObject([{ name: 'Ada', grants: '' }]);
    await store.close();
  });

  it('brings a database from before grants along: what its bookings cancelled, they called off', async () => {
    await migrate({ url });
    const cancelled = (id: string, stopped: boolean) =>
      `INSERT INTO orders (site, source, external_id, status, units, first_delivery_id, last_delivery_id,
        created_at, updated_at, stopped) VALUES ('', 'amelia', '${id}', 'cancelled', 1, 'd', 'd', '2026-11-01',
        '2026-11-01', ${stopped})`;
    for (const step of [
      'ALTER TABLE orders DROP COLUMN called_off, DROP COLUMN granted',
      'DELETE FROM schema_migrations WHERE number = 8',
      cancelled('13', false),
      cancelled('14', true),
    ]) {
      await raw.rows(step);
    }
    expect(await migrate({ url })).toEqual((await names()).filter((name) => name.startsWith('0008')));
    const store = await openStore({ url, poolSize: 1 });
    const keys = ['13', '14'].map((externalId) => ({ site: '', source: 'amelia' as const, externalId }));
    const orders = await store.findOrders({ keys });
    expect(
      orders.map(({ externalId, calledOff, granted }) => [externalId, calledOff, granted]).sort(),
    ).toEqual([
      ['13', true, false],
      ['14', false, false],
    ]);
    await store.close();
  });

  it.each([
    ['mail_events', "'postmark', 'e', 'm', 'opened', false, '2026-01-01', ''", 'mail_events_kind'],
    [
      'mail_suppressions',
      "'a@b.test', 'disliked', 'postmark', 'm', '2026-01-01', ''",
      'mail_suppressions_reason',
    ],
  ])('lets no word into %s that the code does not know', async (table, values, check) => {
    await migrate({ url });
    await expect(raw.rows(`INSERT INTO ${table} VALUES (${values})`)).rejects.toThrow(new RegExp(check));
  });

  // What an interrupted migration leaves differs by necessity: DDL is part of a transaction in PostgreSQL alone.
  if (isPostgres) {
    it('leaves nothing of a migration that fails midway, and runs it when the fault is gone', async () => {
      await raw.rows('CREATE TABLE staff (stranger integer)');
      await expect(migrate({ url })).rejects.toThrow();
      const left = await tables();
      expect(left).toContain('orders');
      expect(left).not.toContain('products');
      await raw.rows('DROP TABLE staff');
      const unfinished = (await names()).filter((name) => name >= '0003');
      expect(await migrate({ url })).toEqual(unfinished);
    });
  } else {
    it('finishes a migration that was interrupted anywhere', async () => {
      await migrate({ url });
      const before = await tables();
      const losses = [
        'DROP TABLE staff',
        'DROP TABLE products',
        'DROP TABLE messages',
        'DROP TABLE mail_suppressions',
        'DROP INDEX orders_by_time ON orders',
        'ALTER TABLE products DROP COLUMN tell_waiting',
        'DROP INDEX orders_by_surname ON orders',
        'ALTER TABLE orders DROP COLUMN surname_lower',
        'ALTER TABLE orders DROP COLUMN stopped',
        'ALTER TABLE messages DROP COLUMN trouble',
        'DROP INDEX audit_log_by_time ON audit_log',
        'ALTER TABLE imports DROP COLUMN undone_at, DROP COLUMN removed',
        'DROP TABLE turns',
        'DO 0',
      ];
      for (const loss of losses) {
        await raw.rows(loss);
        await raw.rows('DELETE FROM schema_migrations');
        expect(await migrate({ url })).toEqual(await names());
        expect(await tables()).toEqual(before);
      }
    });

    it('keeps every letter, whatever alphabet the database was made for', async () => {
      await raw.rows('ALTER DATABASE CHARACTER SET latin1');
      await migrate({ url });
      const store = await openStore({ url, poolSize: 1 });
      const order = await storedOrder(store, { name: 'Zoë 🔑 Σκάκι' });
      expect(order.name).toBe('Zoë 🔑 Σκάκι');
      await store.close();
    });

    it('compares text byte by byte, and keeps every table where transactions work', async () => {
      await migrate({ url });
      const loose = await raw.rows(
        `SELECT table_name AS t, column_name AS c, collation_name AS collation FROM information_schema.columns
          WHERE table_schema = DATABASE() AND collation_name IS NOT NULL AND collation_name NOT LIKE '%bin'
            AND table_name <> 'schema_migrations'`,
      );
      expect(loose).toEqual([]);
      const others = await raw.rows(
        `SELECT table_name AS t FROM information_schema.tables WHERE table_schema = DATABASE() AND engine <> 'InnoDB'`,
      );
      expect(others).toEqual([]);
    });
  }

  /** The columns of each index of a table, in order: `product_sku,status,id`. */
  async function indexes(table: string): Promise<string[]> {
    const rows = isPostgres
      ? await raw.rows(
          `SELECT regexp_replace(indexdef, '.*\\((.*)\\)', '\\1') AS columns FROM pg_indexes
            WHERE schemaname = current_schema() AND tablename = $1`,
          [table],
        )
      : await raw.rows(
          `SELECT GROUP_CONCAT(column_name ORDER BY seq_in_index) AS columns FROM information_schema.statistics
            WHERE table_schema = DATABASE() AND table_name = ? GROUP BY index_name`,
          [table],
        );
    return rows.map((row) => String(row['columns']).replaceAll(' ', ''));
  }
});
