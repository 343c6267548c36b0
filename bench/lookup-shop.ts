import { analyze, type Explained } from '../test/store/plans-of.ts';
import { newProduct } from '../server/products/new-product.ts';
import type { Raw } from '../test/store/raw.ts';

// A shop after years of selling, with what makes lookups slow: an office that booked a thousand times, a coupon that every
// tenth buyer used, surnames that thousands share, a second address on ten thousand orders, tails that hundreds of keys share.

export const SHARED = {
  email: 'office-20@example.test',
  alternate: 'team@example.test',
  coupon: 'BLACKFRIDAY',
  surname: 'Schmidt',
  /** All Schmidts are Bob. */
  name: 'bob schmidt',
  tail: 'SAME',
  /** Of keys that nobody has. */
  freeTail: 'FREE',
  sku: 'COURSE-1',
  /** Of a thousandth of the deliveries, as the source bookly is. */
  site: 'second-shop',
} as const;

const IMPORTS = 500;

/** Values of the `n`th order, and of the key that it has. */
function columnsOf(isPostgres: boolean) {
  // MySQL 9 has no MD5, and the engines agree on no other name for a digest.
  const hex = (word: string, length: number) => {
    const text = `CONCAT('${word}', n)`;
    const digest = isPostgres ? `ENCODE(SHA256(CONVERT_TO(${text}, 'UTF8')), 'hex')` : `SHA2(${text}, 256)`;
    return `UPPER(SUBSTRING(${digest}, 1, ${length}))`;
  };
  const first = `SUBSTRING('AdaBobEvaIdaJanKaiLeaMaxTimUte', 1 + 3 * (n % 10), 3)`;
  const stem = `SUBSTRING('BeckerFischeHoffmaKruegeLehmanMeiersNeuman', 1 + 6 * (n % 7), 6)`;
  const last = choose([[100, 11, `'${SHARED.surname}'`]], `CONCAT(${stem}, LOWER(${hex('last', 5)}))`);
  const tail = choose(
    [
      [1000, 0, `'${SHARED.tail}'`],
      [1000, 2, `'${SHARED.freeTail}'`],
    ],
    hex('tail', 4),
  );
  return {
    email: choose(
      [[20, 0, `CONCAT('office-', n % 1000, '@example.test')`]],
      `CONCAT('buyer-', n, '@example.test')`,
    ),
    alternate: choose([[100, 7, `'${SHARED.alternate}'`]], `CONCAT('second-', n, '@example.test')`),
    name: `CONCAT(${first}, ' ', ${last})`,
    coupon: choose(
      [
        [10, 0, `'${SHARED.coupon}'`],
        [10, 3, `CONCAT('C-', n)`],
      ],
      'NULL',
    ),
    tail,
    key: `CONCAT(${hex('key', 14)}, '-', ${tail})`,
    sku: `CONCAT('COURSE-', n % 20)`,
    status: choose(
      [
        [499, 1, `'waiting'`],
        [1000, 2, `'attention'`],
        [100, 3, `'cancelled'`],
      ],
      `'fulfilled'`,
    ),
    at: isPostgres
      ? `(TIMESTAMPTZ '2024-01-01 00:00:00Z' + n * INTERVAL '1 minute')`
      : `(TIMESTAMP '2024-01-01 00:00:00' + INTERVAL n MINUTE)`,
  };
}

/** Of every so many, what the one with this rest has. */
function choose(cases: [of: number, rest: number, then: string][], otherwise: string): string {
  const whens = cases.map(([of, rest, then]) => `WHEN n % ${of} = ${rest} THEN ${then}`);
  return `CASE ${whens.join(' ')} ELSE ${otherwise} END`;
}

const idOf = (nth: string) => `CONCAT('019e0000-0000-7000-8000-', LPAD(CONCAT(${nth}), 12, '0'))`;
const id = idOf('n');
const isMatched = '(n % 499 <> 1 AND n % 1000 <> 2)';

export function keysOfImport(count: number): number {
  return Math.ceil(count / IMPORTS);
}

/** Fills a new, migrated database with `count` orders, keys, deliveries, mails and lines of the trail. */
export async function stockShop(
  { store, raw }: Explained,
  count: number,
  told: (table: string) => void,
): Promise<void> {
  const isPostgres = store.engine === 'postgres';
  const tables: string[] = [];
  const { email, alternate, name, coupon, tail, key, sku, status, at } = columnsOf(isPostgres);
  const counted = `SELECT 1 UNION ALL SELECT n + 1 FROM sequence WHERE n < ${count}`;
  const sequence = isPostgres
    ? `generate_series(1, ${count}) AS sequence (n)`
    : `(WITH RECURSIVE sequence (n) AS (${counted}) SELECT n FROM sequence) AS sequence`;
  const [bytes, object, list] = isPostgres
    ? [`CAST('{}' AS bytea)`, `CAST('{}' AS json)`, `CAST('[]' AS json)`]
    : [`'{}'`, `'{}'`, `'[]'`];
  if (!isPostgres) await raw.rows(`SET SESSION cte_max_recursion_depth = ${count + 1}`);
  const fill = async (table: string, columns: Record<string, string>, which = 'TRUE') => {
    told(table);
    tables.push(table);
    const values = Object.values(columns).join(', ');
    await raw.rows(
      `INSERT INTO ${table} (${Object.keys(columns).join(', ')}) SELECT ${values} FROM ${sequence} WHERE ${which} ORDER BY n`,
    );
  };
  const matched = (value: string) => `CASE WHEN ${isMatched} THEN ${value} END`;

  await fill('orders', {
    ...{ id: 'n', site: `''`, source: `'amelia'`, external_id: 'CONCAT(n)', status, units: '1' },
    reason: choose([[1000, 2, `'unmapped'`]], 'NULL'),
    ...{ email, name, name_lower: `LOWER(${name})`, coupon },
    ...{ first_delivery_id: id, last_delivery_id: id, created_at: at, updated_at: at },
  });
  await fill('order_alternates', { order_id: 'n', email: alternate }, 'n % 10 = 7');
  await fill('order_lines', { order_id: 'n', sku, quantity: '1' });
  await fill('license_keys', {
    ...{ id: 'n', license_key: key, product_sku: sku },
    status: `CASE WHEN ${isMatched} THEN 'assigned' ELSE 'available' END`,
    assigned_to_email: matched(email),
    assigned_order_id: matched(`CONCAT('amelia:', n)`),
    assigned_at: matched(at),
  });
  await fill('key_tails', { key_id: 'n', tail });
  await fill('imported_keys', {
    key_id: 'n',
    import_id: idOf(`FLOOR((n - 1) / ${keysOfImport(count)}) + 1`),
  });
  await fill(
    'imports',
    {
      id,
      sku: `'${SHARED.sku}'`,
      actor: `'cli'`,
      origin: `'keys.txt'`,
      added: `${keysOfImport(count)}`,
      created_at: at,
    },
    `n <= ${IMPORTS}`,
  );
  await fill('deliveries', {
    ...{ id, received_at: at, body: bytes, headers: object, verdict: status, flag: `''`, orders: list },
    site: choose([[1000, 8, `'${SHARED.site}'`]], `''`),
    source: choose([[1000, 6, `'bookly'`]], `'amelia'`),
    // Somebody has just had the newest read again.
    replay_of: `CASE WHEN n > ${count - 200} THEN ${id} END`,
  });
  await fill('messages', {
    ...{ id, kind: `'key'`, order_id: 'n', recipient: email, priority: '1', created_at: at, attempts: '1' },
    status: choose(
      [
        [5000, 4, `'queued'`],
        [2000, 5, `'bounced'`],
      ],
      `'accepted'`,
    ),
    due_at: choose([[5000, 4, at]], 'NULL'),
  });
  await fill(
    'mail_suppressions',
    {
      ...{ address: email, reason: `'bounced'`, provider: `'postmark'`, message_id: id },
      ...{ since: at, detail: `''` },
    },
    'n % 200 = 5',
  );
  await fill(
    'alerts',
    {
      ...{ kind: `'attention'`, order_id: `CONCAT('amelia:', n)`, detail: `''`, created_at: at },
      settled_at: choose([[1000, 2, 'NULL']], at),
    },
    'n % 50 = 2',
  );
  await fill('audit_log', {
    ...{ subject: `CONCAT('order:', n)`, seq: '1', at, reason: `''`, refs: object },
    actor: choose([[1000, 9, `'staff:2'`]], `'webhook'`),
    action: choose([[1000, 9, `'order.resent'`]], `'order.fulfilled'`),
    ...{ previous_hash: `''`, hash: `''` },
  });
  await store.insertProducts({
    products: Array.from({ length: 20 }, (_, nth) => newProduct(`COURSE-${nth}`)),
  });
  await analyze({ store, raw }, [...tables, 'products']);
  // As autovacuum does in its own time.
  if (isPostgres) for (const table of tables) await raw.rows(`VACUUM ${table}`);
}

/** What one order, and the key of the same number, may be found by. */
export interface Words {
  number: string;
  email: string;
  alternate: string | null;
  name: string;
  coupon: string | null;
  licenseKey: string;
  tail: string;
}

/** Of orders at random; asked of the database, so that the rules above are not written twice. */
export async function someWords(raw: Raw, howMany: number, count: number): Promise<Words[]> {
  const words: Words[] = [];
  for (let nth = 0; nth < howMany; nth += 1) {
    const [row] = await raw.rows(
      `SELECT o.external_id, o.email, a.email AS alternate, o.name, o.coupon, k.license_key, t.tail FROM orders AS o
        JOIN license_keys AS k ON k.id = o.id JOIN key_tails AS t ON t.key_id = o.id
        LEFT JOIN order_alternates AS a ON a.order_id = o.id WHERE o.id = ${1 + Math.floor(Math.random() * count)}`,
    );
    const text = (column: string) => String(row?.[column]);
    const orNull = (column: string) => (row?.[column] === null ? null : text(column));
    words.push({
      ...{ number: text('external_id'), email: text('email'), alternate: orNull('alternate') },
      ...{
        name: text('name'),
        coupon: orNull('coupon'),
        licenseKey: text('license_key'),
        tail: text('tail'),
      },
    });
  }
  return words;
}
