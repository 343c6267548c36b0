import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adminUrl, engines } from '../support/engines.ts';
import { LOAD, readersOf } from './readers/read.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';

const MANY = 100_000;
/** Of a search along a primary key: a stretch of a hundredth of all rows and what came after it, and a purchase's room. */
const FEW = MANY / 25;

const DIGITS =
  '(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)';
const NUMBERS = `(SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n
  FROM ${DIGITS} a, ${DIGITS} b, ${DIGITS} c, ${DIGITS} e, ${DIGITS} f) numbers`;

/** Each row hangs on the one with its own number, as it does when nothing was ever deleted. */
const ROWS: [table: string, columns: string, values: string, where?: string][] = [
  ['amelia_users', 'type, email', "'customer', CONCAT('c', n, '@example.test')", 'n <= 5000'],
  ['amelia_appointments', 'status, serviceId, bookingStart, bookingEnd', "'approved', 1, NOW(), NOW()"],
  [
    'amelia_customer_bookings',
    'appointmentId, customerId, status, customFields, info',
    "IF(n % 2, n, NULL), 1 + n % 5000, 'approved', '{}', REPEAT('x', 200)",
  ],
  ['amelia_payments', 'customerBookingId, status', "n, 'pending'"],
  ['amelia_customer_bookings_to_events_periods', 'customerBookingId, eventPeriodId', 'n, 1', 'n % 2 = 0'],
  ['amelia_customer_bookings_to_events_tickets', 'customerBookingId, eventTicketId', 'n, 1', 'n % 2 = 0'],
  ['amelia_packages_to_customers', 'packageId, customerId', '1, 1 + n % 5000', 'n <= 20000'],
  ['amelia_packages_customers_to_services', 'packageCustomerId, serviceId', 'n, 1', 'n <= 20000'],
  ['bookly_customers', 'email, created_at', "CONCAT('c', n, '@example.test'), NOW()", 'n <= 5000'],
  ['bookly_appointments', 'service_id, created_at, updated_at', '1, NOW(), NOW()'],
  ['bookly_payments', 'total, created_at, updated_at', '40, NOW(), NOW()'],
  [
    'bookly_customer_appointments',
    'customer_id, appointment_id, payment_id, order_id, created_at, updated_at',
    '1 + n % 5000, n, n, n, NOW(), NOW()',
  ],
  [
    'keybank_bookings',
    'source, kind, id, status, seen_at',
    "'bookly', 'booking', n, 'approved', '2000-01-01'",
  ],
];

const step = z.looseObject({
  select_type: z.string(),
  table: z.string().nullable(),
  type: z.string().nullable(),
});
const look = z.object({
  read: z.number(),
  given: z.number(),
  plans: z.array(z.array(step)),
});

describe.each(engines().filter((name) => name !== 'postgres'))('reading one of 100,000 on %s', (engine) => {
  let wordpress: WordPress;

  beforeAll(async () => {
    const database = adminUrl(engine);
    wordpress = await startWordPress({ php: '8.2', wordpress: '6.5', database, server: 'cli' });
    await wordpress.get('/'); // Makes the plugin's own tables.
    for (const [table, columns, values, where = 'TRUE'] of ROWS) {
      await wordpress.sql(
        `INSERT IGNORE INTO wp_${table} (${columns}) SELECT ${values} FROM ${NUMBERS} WHERE ${where} ORDER BY n`,
      );
      await wordpress.sql(`ANALYZE TABLE wp_${table}`);
    }
    await readersOf(wordpress).lookAgain();
  });
  afterAll(() => wordpress.stop());

  /** How many rows the database had to read, how many it gave, and how it means to. */
  const watch = async (code: string) => {
    const watched = await wordpress.php(`
      ${LOAD}
      global $wpdb;
      \\KeyBank\\parts();
      $rows = fn() => (int) array_sum( array_column( $wpdb->get_results( "SHOW SESSION STATUS LIKE 'Handler_read%'" ), 'Value' ) );
      $seen = array();
      add_filter( 'query', function ( $sql ) use ( &$seen ) { $seen[] = $sql; return $sql; } );
      $before = $rows();
      \\KeyBank\\${code};
      $read  = $rows() - $before;
      $plans = array();
      $given = 0;
      foreach ( $seen as $sql ) {
        if ( strpos( $sql, 'SELECT' ) === 0 && ! strpos( $sql, 'wp_options' ) ) {
          $given  += count( $wpdb->get_results( $sql ) );
          $plans[] = $wpdb->get_results( "EXPLAIN FORMAT=TRADITIONAL $sql", ARRAY_A );
        }
      }
      return compact( 'read', 'given', 'plans' );`);
    return look.parse(watched);
  };

  /** Walks through a whole table that is not one of the shop's few services, events, coupons and packages. */
  const isScan = ({ select_type, table, type }: z.infer<typeof step>) =>
    (type === 'ALL' || type === 'index') &&
    select_type !== 'UNION RESULT' &&
    !['s', 'e', 'ep', 'k', 'c', 'sc', 'sl', 'wp_amelia_events_periods'].includes(table ?? '');

  const cheap = async (code: string) => {
    const { read, plans } = await watch(code);
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.flat().filter(isScan)).toEqual([]);
    expect(read).toBeLessThan(FEW);
  };

  it('finds a new appointment, event and series, and what was bought with it', async () => {
    const one = await wordpress.scenario('amelia_appointment');
    await cheap(`read_amelia( array( ${one.bookings.join()} ), array() )`);
    const event = await wordpress.scenario('amelia_event', {
      event: 2,
      tickets: [{ eventTicketId: 1, persons: 2 }],
    });
    await cheap(`read_amelia( array( ${event.bookings.join()} ), array() )`);
    const series = await wordpress.scenario('amelia_recurring', { count: 5 });
    await cheap(`read_amelia( array( ${series.bookings.join()} ), array() )`);
    await cheap(`amelia_bookings_of( 'appointment', ${one.appointments[0] ?? 0} )`);
  });

  it('asks only for what an appointment can have', async () => {
    const { bookings } = await wordpress.scenario('amelia_appointment');
    const { plans } = await watch(`read_amelia( array( ${bookings.join()} ), array() )`);
    expect(plans).toHaveLength(3); // The booking, its payments, what was bought with it.
  });

  it('walks through the payments once, not once for each of a hundred old bookings', async () => {
    const { read, plans } = await watch('read_amelia( range( 50001, 50100 ), array() )');
    // A join looks at all of them again for each booking. The database does not count those that it has kept in memory.
    const joined = plans.filter((plan) => plan.length > 1).flat();
    expect(joined.map(({ table }) => table)).not.toContain('p');
    expect(joined.map(({ table }) => table)).not.toContain('t');
    // Half of the payments, half of the tickets, and a stretch.
    expect(read).toBeLessThan(MANY);
  });

  it('reads days, tickets and payments of an event beside each other, not multiplied', async () => {
    const [days, tickets, payments, guests] = [30, 3, 2, 100];
    const first = MANY * 2;
    const rows = (each: number) => `${NUMBERS} WHERE n <= ${guests * each}`;
    const guest = (each: number) => `${first} + (n - 1) DIV ${each}`;
    for (const statement of [
      `amelia_events (id, name) VALUES (${first}, 'Month of keys')`,
      `amelia_events_periods (id, eventId, periodStart, periodEnd) SELECT ${first} + n, ${first}, NOW(), NOW() FROM ${NUMBERS} WHERE n <= ${days}`,
      `amelia_customer_bookings (id, customerId, status) SELECT ${guest(1)}, 1, 'approved' FROM ${rows(1)}`,
      `amelia_customer_bookings_to_events_periods (customerBookingId, eventPeriodId) SELECT ${guest(days)}, ${first} + 1 + n % ${days} FROM ${rows(days)}`,
      `amelia_customer_bookings_to_events_tickets (customerBookingId, eventTicketId) SELECT ${guest(tickets)}, n % ${tickets} FROM ${rows(tickets)}`,
      `amelia_payments (customerBookingId, status) SELECT ${guest(payments)}, 'paid' FROM ${rows(payments)}`,
    ])
      await wordpress.sql(`INSERT INTO wp_${statement}`);
    const ids = Array.from({ length: guests }, (_, index) => first + index);

    const subjects = await readersOf(wordpress).amelia(ids);
    const { read, given } = await watch(`read_amelia( array( ${ids.join()} ), array() )`);

    const item = { type: 'event', eventId: first, name: 'Month of keys' };
    expect(subjects.map(({ booking }) => booking)).toMatchObject(
      ids.map((id) => ({ id, item, tickets: [{}, {}, {}], payments: [{}, {}] })),
    );
    // The booking, its event, its tickets, its payments, and what was bought with it, by the payments again.
    expect(given).toBeLessThanOrEqual(guests * (1 + 1 + tickets + 2 * payments));
    // Each day names its period and its event; the rest is read once, beside a stretch.
    expect(read).toBeLessThan(guests * (3 * days + tickets + 2 * payments + 10) + FEW);
  });

  it('finds a package and the bookings out of it', async () => {
    const { packageCustomer: id } = await wordpress.scenario('amelia_package');
    const { bookings } = await wordpress.scenario('amelia_package_date', { packageCustomer: id });
    await cheap(`read_amelia( array( ${bookings.join()} ), array( ${id} ) )`);
    await cheap(`package_has_bookings( ${id} )`);
  });

  it("finds any of Bookly's rows, its group, its payment and its slot", async () => {
    const { bookings } = await wordpress.scenario('bookly_compound', { items: 3 });
    await cheap(`bookly_family( array( ${bookings.join()} ) )`);
    await cheap(`read_bookly( array( ${bookings.join()} ) )`);
    for (const id of [bookings[0] ?? 0, 77, 50_000]) {
      await cheap(`bookly_family( array( ${id} ) )`);
      await cheap(`read_bookly( array( ${id} ) )`);
      await cheap(`bookly_rows_of( 'appointment', ${id} )`);
      await cheap(`bookly_rows_of( 'payment', ${id} )`);
    }
  });

  it('finds every payment of an old booking, also one that came long after and since the last look', async () => {
    const gateways = async () => {
      const [subject] = await readersOf(wordpress).amelia([40_000]);
      return z.array(z.looseObject({ gateway: z.string() })).parse(subject?.booking['payments']);
    };
    await wordpress.sql(
      "INSERT INTO wp_amelia_payments (customerBookingId, gateway) VALUES (40000, 'stripe')",
    );
    const before = await gateways();
    await readersOf(wordpress).lookAgain();

    expect(before.map(({ gateway }) => gateway)).toEqual(['onSite', 'stripe']);
    expect(await gateways()).toEqual(before);
  });

  it('finds an old booking by the indexes that a site owner has added', async () => {
    const [before] = await readersOf(wordpress).amelia([50_000]);
    await wordpress.php('\\BookingStandIn\\amelia_indexes(); return true;');
    await readersOf(wordpress).lookAgain();

    await cheap('read_amelia( array( 50000 ), array() )');
    expect((await readersOf(wordpress).amelia([50_000]))[0]).toEqual(before);
  });
});
