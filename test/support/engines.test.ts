import { afterAll, describe, expect, it } from 'vitest';
import { adminUrl, engines, freshDatabase } from './engines.ts';
import { ask, askVersion } from './servers/ask.ts';
import { askedFor, versionFault } from './servers/engine.ts';

describe.each(engines())('%s for tests', (engine) => {
  const drops: (() => Promise<void>)[] = [];
  afterAll(async () => {
    await Promise.all(drops.map((drop) => drop()));
  });
  const fresh = async () => {
    const database = await freshDatabase(engine);
    drops.push(database.drop);
    return database;
  };

  it('answers with a version that we support', async () => {
    const version = await askVersion(engine, adminUrl(engine));
    expect(version).toMatch(/^\d+\.\d+/);
    expect(versionFault(engine, version)).toBeUndefined();
  });

  it('gives each caller an empty database of its own', async () => {
    const [one, other] = await Promise.all([fresh(), fresh()]);
    await ask(engine, one.url, 'CREATE TABLE mine (id int)');
    await ask(engine, other.url, 'CREATE TABLE mine (id int)');
    await ask(engine, one.url, 'INSERT INTO mine VALUES (1)');
    expect(await ask(engine, other.url, 'SELECT count(*) FROM mine')).toBe('0');
    expect(await ask(engine, one.url, 'SELECT count(*) FROM mine')).toBe('1');
  });

  it('leaves nothing behind when a database is dropped', async () => {
    const database = await freshDatabase(engine);
    await database.drop();
    await expect(ask(engine, database.url, 'SELECT 1')).rejects.toThrow();
  });

  it('keeps every kind of letter', async () => {
    const { url } = await fresh();
    await ask(engine, url, 'CREATE TABLE words (word varchar(20))');
    await ask(engine, url, "INSERT INTO words VALUES ('Zoë 🔑')");
    expect(await ask(engine, url, 'SELECT word FROM words')).toBe('Zoë 🔑');
  });

  it('has room for many pools at once', async () => {
    const statement = engine === 'postgres' ? 'SHOW max_connections' : 'SELECT @@max_connections';
    expect(Number(await ask(engine, adminUrl(engine), statement))).toBeGreaterThanOrEqual(400);
  });
});

it('runs every engine unless some are named', () => {
  expect(askedFor('')).toEqual(['mysql', 'mariadb', 'postgres']);
  expect(askedFor('postgres, mysql')).toEqual(['mysql', 'postgres']);
  expect(() => askedFor('postgres,oracle')).toThrow('oracle');
});

it('does not take MariaDB for MySQL, nor an old server for a new one', () => {
  expect(versionFault('mysql', '10.11.18-MariaDB')).toContain('is not mysql');
  expect(versionFault('mariadb', '8.4.0')).toContain('is not mariadb');
  expect(versionFault('mysql', 'Ver 5.7.44 for Linux')).toContain('older than 8.0');
  expect(versionFault('mariadb', '10.5.29-MariaDB')).toContain('older than 10.6');
  expect(versionFault('postgres', 'postgres (PostgreSQL) 15.14 (Debian)')).toBeUndefined();
});
