import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminUrl } from '../support/engines.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';

// What went wrong once, or nearly: each of these took a site down, or an order with it.

let wordpress: WordPress;
let server: Server;
/** The code for an envelope's id; what is not named is taken. */
let refuses = new Map<string, number>();
let headers: Record<string, string> = {};
let heard: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { id }: { id: string } = JSON.parse(Buffer.concat(chunks).toString());
      const booking = id.split(':').slice(0, -1).join(':');
      heard.push(booking);
      response.writeHead(refuses.get(booking) ?? 200, { 'content-type': 'application/json', ...headers });
      response.end('{"status":"fulfilled"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  wordpress = await startWordPress({
    ...{ php: '8.2', wordpress: '6.5', database: adminUrl('mariadb'), server: 'fpm', workers: 2 },
    constants: { KEYBANK_URL: `http://127.0.0.1:${port}`, KEYBANK_TOKEN: 'guards-token-0123456789' },
  });
  await wordpress.get('/');
});
afterAll(async () => {
  await wordpress.stop();
  server.close();
});
beforeEach(async () => {
  [refuses, headers, heard] = [new Map(), { 'x-keybank-version': '0.1.0' }, []];
  await wordpress.sql('DELETE FROM wp_keybank_outbox');
  await wordpress.sql("DELETE FROM wp_options WHERE option_name IN ('keybank_pause', 'keybank_doubt')");
});

const option = (name: string) =>
  wordpress.sql('SELECT option_value AS value FROM wp_options WHERE option_name = ?', [name]);
const outbox = () =>
  wordpress.sql('SELECT booking, sent_at, attempts, body FROM wp_keybank_outbox ORDER BY id');

describe('a folder that is not as it should be', () => {
  const muPlugins = () => join(wordpress.folder, 'wp-content/mu-plugins');

  it('a second copy of the file changes nothing', async () => {
    await copyFile(join(muPlugins(), 'key-bank.php'), join(muPlugins(), 'key-bank-old.php'));
    expect((await wordpress.scenario('amelia_appointment')).code).toBe(200);
    await wordpress.idle();
    expect(await outbox()).toHaveLength(1);
    await rm(join(muPlugins(), 'key-bank-old.php'));
  });

  it('whichever file is missing, pages, bookings and cron go on', async () => {
    const folder = join(muPlugins(), 'key-bank');
    for (const file of await readdir(folder)) {
      await rename(join(folder, file), join(folder, `${file}.away`));
      const codes = [(await wordpress.get('/')).code, (await wordpress.scenario('amelia_appointment')).code];
      await wordpress.idle();
      const log = await wordpress.debugLog();
      await rename(join(folder, `${file}.away`), join(folder, file));
      expect({ file, codes, fatal: /Fatal error.*/.exec(log)?.[0] }).toEqual({
        file,
        codes: [200, 200],
        fatal: undefined,
      });
    }
  });
});

it('a transaction that a dying checkout left open is not committed by us', async () => {
  const { bookings } = await wordpress.scenario('bookly_book');
  await wordpress.idle();
  await wordpress.php(`global $wpdb;
    $wpdb->query( 'START TRANSACTION' );
    $wpdb->query( "INSERT INTO $wpdb->options (option_name, option_value) VALUES ('half_a_sale', '1')" );
    $wpdb->query( "UPDATE {$wpdb->prefix}bookly_customer_appointments SET number_of_persons = 4 WHERE id = ${bookings[0]}" );
    return 1;`);
  expect(await option('half_a_sale')).toEqual([]);
  expect(await outbox()).toHaveLength(1);
});

it('rows of one compound service are read together, however far apart and however many others come with them', async () => {
  await wordpress.sql(
    `INSERT INTO wp_bookly_customer_appointments (id, customer_id, appointment_id, created_at, updated_at)
     SELECT 1000 + seq, 1, 1, UTC_TIMESTAMP(), UTC_TIMESTAMP() FROM seq_1_to_250`,
  );
  await wordpress.sql(
    `UPDATE wp_bookly_customer_appointments SET compound_service_id = 3, compound_token = 'tok' WHERE id IN (1001, 1120, 1250)`,
  );
  await wordpress.php(
    `return KeyBank\\record( 'bookly', array_map( fn( int $id ): array => array( 'kind' => 'booking', 'id' => $id ), range( 1001, 1250 ) ), 'sweep' );`,
  );
  const told = (await outbox()).filter(({ body }) => String(body).includes('"rows"'));
  expect(told.map(({ booking }) => booking)).toEqual([1001]);
  expect(String(told[0]?.['body']).match(/"compound_token":"sha256:/g)).toHaveLength(3);
});

describe('a delivery that fails', () => {
  it('for itself alone neither stops the others nor is tried again at once', async () => {
    const [poison] = (await wordpress.scenario('amelia_appointment')).bookings;
    await wordpress.idle();
    await wordpress.sql('UPDATE wp_keybank_outbox SET sent_at = NULL, attempts = 0');
    refuses.set(`amelia:${poison}`, 403);
    heard = [];
    for (let others = 0; others < 3; others += 1) {
      await wordpress.scenario('amelia_appointment');
      await wordpress.idle();
    }
    expect(heard.filter((booking) => booking === `amelia:${poison}`)).toHaveLength(1);
    expect((await outbox()).map(({ sent_at }) => sent_at !== null)).toEqual([false, true, true, true]);
    expect(await option('keybank_pause')).toEqual([]);
  });

  it('like the one before it is taken for a server that is away', async () => {
    for (const expected of [0, 1]) {
      const [next] = (await wordpress.sql('SELECT MAX(id) + 1 AS id FROM wp_amelia_customer_bookings')).map(
        ({ id }) => id,
      );
      refuses.set(`amelia:${next}`, 500);
      await wordpress.scenario('amelia_appointment');
      await wordpress.idle();
      expect(await option('keybank_pause')).toHaveLength(expected);
    }
  });

  it('is also one that anything but Key Bank says yes to', async () => {
    headers = {};
    await wordpress.scenario('amelia_appointment');
    await wordpress.idle();
    expect(await outbox()).toMatchObject([{ sent_at: null, attempts: 1 }]);
  });
});
