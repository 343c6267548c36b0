import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminUrl, engines } from '../support/engines.ts';
import { heard, LOAD, readersOf, tokensIn } from './readers/read.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';

const ADA = { email: 'ada@example.test', firstName: 'Ada', lastName: 'Lovelace', phone: '+15550001' };

describe.each(engines().filter((name) => name !== 'postgres'))('what is read of Amelia on %s', (engine) => {
  let wordpress: WordPress;
  let read: ReturnType<typeof readersOf>;

  beforeAll(async () => {
    const database = adminUrl(engine);
    wordpress = await startWordPress({ php: '8.2', wordpress: '6.5', database, server: 'cli' });
    read = readersOf(wordpress);
  });
  afterAll(() => wordpress.stop());

  it('an appointment is one snapshot in the documented shape', async () => {
    const { bookings, appointments, payments, customer } = await wordpress.scenario('amelia_appointment', {
      ...ADA,
      couponId: 1,
      persons: 2,
      customFields: { 2: { label: 'Promo code', value: 'KEY10', type: 'text' } },
    });
    const [id = 0] = bookings;
    const [row] = await wordpress.sql('SELECT created FROM wp_amelia_customer_bookings WHERE id = ?', [id]);

    const [subject, ...others] = await read.amelia(bookings);

    expect(others).toEqual([]);
    expect({ ...subject, booking: JSON.stringify(subject?.booking) }).toEqual({
      kind: 'booking',
      id,
      ids: [id],
      status: 'approved',
      parent: appointments[0],
      group: null,
      booking: JSON.stringify({
        id,
        appointmentId: appointments[0],
        customerId: customer,
        status: 'approved',
        persons: 2,
        price: '40',
        created: row?.['created'],
        couponId: 1,
        couponCode: 'KEYBANK10',
        customFields: '{"2":{"label":"Promo code","value":"KEY10","type":"text"}}',
        info: '{"firstName":"Ada","lastName":"Lovelace","locale":"en_US"}',
        customer: { id: customer, ...ADA },
        item: { type: 'appointment', serviceId: 1, name: 'Key Workshop', status: 'approved' },
        tickets: [],
        payments: [
          {
            id: payments[0],
            parentId: null,
            gateway: 'onSite',
            status: 'pending',
            transactionId: null,
            wcOrderId: null,
          },
        ],
        packageCustomerId: null,
        purchase: null,
      }),
    });
  });

  it('an event of several days with tickets and two payments is one snapshot, oldest first', async () => {
    const { bookings, payments } = await wordpress.scenario('amelia_event', {
      event: 2,
      tickets: [
        { eventTicketId: 7, persons: 2 },
        { eventTicketId: 5, persons: 1 },
      ],
    });
    const [id = 0] = bookings;
    await wordpress.sql(
      "INSERT INTO wp_amelia_payments (customerBookingId, parentId, gateway, status, transactionId) VALUES (?, ?, 'stripe', 'paid', 'ch_1')",
      [id, payments[0]],
    );

    const [subject] = await read.amelia(bookings);

    expect(subject).toMatchObject({ parent: null, booking: { appointmentId: null, purchase: null } });
    expect(subject?.booking['item']).toEqual({
      type: 'event',
      eventId: 2,
      name: 'Licence Fair',
      status: 'approved',
    });
    expect(subject?.booking['tickets']).toEqual([
      { eventTicketId: 7, persons: 2 },
      { eventTicketId: 5, persons: 1 },
    ]);
    expect(subject?.booking['payments']).toMatchObject([
      { id: payments[0], gateway: 'onSite' },
      { parentId: payments[0], gateway: 'stripe', transactionId: 'ch_1' },
    ]);
    expect(heard('amelia', subject)).toMatchObject([{ quantity: 3, payment: { gateway: 'stripe' } }]);
    expect(await read.ameliaBookingsOf('event', 2)).toEqual([id]);
  });

  it('bookings of a series name all of it, the first one first, whichever of them are asked for', async () => {
    const { bookings, payments } = await wordpress.scenario('amelia_recurring', { count: 3 });
    const purchase = { paymentId: payments[0], bookingIds: bookings };

    const subjects = await read.amelia([...bookings].reverse());
    const [last] = await read.amelia(bookings.slice(-1));

    expect(subjects.map(({ id }) => id)).toEqual(bookings);
    expect(subjects.map(({ booking }) => booking['purchase'])).toEqual([purchase, purchase, purchase]);
    expect(last).toEqual(subjects[2]);
    expect(
      subjects.flatMap((subject) => heard('amelia', subject)).map((event) => event.purchase?.lead),
    ).toEqual([true, false, false]);
  });

  it('when the first booking of a series is gone, no other passes for the first', async () => {
    const { bookings, payments } = await wordpress.scenario('amelia_recurring', { count: 3 });
    await wordpress.sql('DELETE FROM wp_amelia_payments WHERE id = ?', [payments[0]]);
    await wordpress.sql('DELETE FROM wp_amelia_customer_bookings WHERE id = ?', [bookings[0]]);

    const subjects = await read.amelia(bookings);

    expect(subjects.map(({ id }) => id)).toEqual(bookings.slice(1));
    expect(
      subjects.flatMap((subject) => heard('amelia', subject)).map((event) => event.purchase?.lead),
    ).toEqual([false, false]);
  });

  it('a package without dates is a snapshot of its own; its bookings name the package', async () => {
    const sold = await wordpress.scenario('amelia_package', { ...ADA, couponId: 1 });
    const id = sold.packageCustomer;
    const [bare] = await read.amelia([], [id]);
    expect(await read.hasBookings(id)).toBe(false);
    const first = await wordpress.scenario('amelia_package_date', { packageCustomer: id });
    const second = await wordpress.scenario('amelia_package_date', { packageCustomer: id });
    const ids = [...first.bookings, ...second.bookings];

    expect({ ...bare, booking: JSON.stringify(bare?.booking) }).toEqual({
      kind: 'package',
      id,
      ids: [id],
      status: 'approved',
      parent: null,
      group: null,
      booking: JSON.stringify({
        packageCustomerId: id,
        customerId: sold.customer,
        status: 'approved',
        price: '100',
        couponId: 1,
        couponCode: 'KEYBANK10',
        customer: { id: sold.customer, ...ADA },
        item: { type: 'package', packageId: 1, name: 'Key Package' },
        payments: [
          {
            id: sold.payments[0],
            parentId: null,
            gateway: 'onSite',
            status: 'pending',
            transactionId: null,
            wcOrderId: null,
          },
        ],
      }),
    });
    expect(heard('amelia', bare)).toMatchObject([
      { externalId: `package:${id}`, email: { value: ADA.email }, coupon: { value: 'KEYBANK10' } },
    ]);
    const dated = await read.amelia(second.bookings);
    expect(dated[0]?.booking).toMatchObject({
      packageCustomerId: id,
      purchase: { paymentId: null, bookingIds: ids },
      item: { type: 'appointment', serviceId: 1 },
    });
    expect(heard('amelia', dated[0])[0]?.purchase).toEqual({ id: `amelia-package:${id}`, lead: false });
    expect(await read.ameliaBookingsOf('package', id)).toEqual(ids);
    expect(await read.hasBookings(id)).toBe(true);
  });

  it('all bookings of a slot are found by it', async () => {
    const { bookings, appointments } = await wordpress.scenario('amelia_appointment');
    const more = await wordpress.scenario('amelia_appointment', { appointment: appointments[0] });

    expect(await read.ameliaBookingsOf('appointment', appointments[0] ?? 0)).toEqual([
      ...bookings,
      ...more.bookings,
    ]);
  });

  it('a reschedule changes nothing, and two reads are the same byte for byte', async () => {
    const { bookings, appointments } = await wordpress.scenario('amelia_appointment');
    const before = await read.amelia(bookings);
    await wordpress.sql(
      "UPDATE wp_amelia_appointments SET bookingStart = '2031-01-01 10:00:00', bookingEnd = '2031-01-01 11:00:00' WHERE id = ?",
      [appointments[0]],
    );

    expect(JSON.stringify(await read.amelia(bookings))).toBe(JSON.stringify(before));
  });

  it('a price is the same whatever PHP makes of floating numbers', async () => {
    const { bookings } = await wordpress.scenario('amelia_appointment');
    const { packageCustomer } = await wordpress.scenario('amelia_package');
    await wordpress.sql('UPDATE wp_amelia_customer_bookings SET price = 33.3 WHERE id = ?', bookings);
    await wordpress.sql('UPDATE wp_amelia_packages_to_customers SET price = 33.3 WHERE id = ?', [
      packageCustomer,
    ]);

    const told = await wordpress.php(`${LOAD}
      $told = array();
      foreach ( array( '-1', '17', '5' ) as $precision ) {
        ini_set( 'serialize_precision', $precision );
        $told[] = json_encode( \\KeyBank\\read_amelia( array( ${bookings.join()} ), array( ${packageCustomer} ) ) );
      }
      return array_unique( $told );`);

    expect(told).toHaveLength(1);
    expect(String(told).match(/"price":"33\.3"/g)).toHaveLength(2);
  });

  it('an order that WooCommerce calls paid stands for a transaction', async () => {
    const paid = await wordpress.scenario('amelia_appointment', { gateway: 'wc', wcOrderId: 5 });
    const open = await wordpress.scenario('amelia_appointment', { gateway: 'wc', wcOrderId: 6 });
    const ids = [...paid.bookings, ...open.bookings];
    const alone = await read.amelia(ids);
    const shop = `
      final class Order {
        private $id;
        public function __construct( $id ) { $this->id = $id; }
        public function is_paid() { return $this->id === 5; }
        public function get_transaction_id() { return ''; }
      }
      function wc_get_order( $id ) { return new Order( $id ); }`;
    const withShop = await wordpress.php(
      `${LOAD} ${shop} return array_column( \\KeyBank\\read_amelia( array( ${ids.join(', ')} ), array() ), 'booking' );`,
    );

    expect(alone.map(({ booking }) => booking['payments'])).toMatchObject([
      [{ transactionId: null, wcOrderId: 5 }],
      [{ transactionId: null, wcOrderId: 6 }],
    ]);
    expect(withShop).toMatchObject([
      { payments: [{ transactionId: 'wc-order-5', wcOrderId: 5 }] },
      { payments: [{ transactionId: null, wcOrderId: 6 }] },
    ]);
  });

  it('what is missing, empty, huge or no UTF-8 is read as null or as it is', async () => {
    const { bookings } = await wordpress.scenario('amelia_appointment');
    const [id = 0] = bookings;
    await wordpress.sql('ALTER TABLE wp_amelia_customer_bookings MODIFY customFields LONGTEXT NULL');
    await wordpress.sql('ALTER TABLE wp_amelia_services MODIFY name VARBINARY(255) NULL');
    await wordpress.sql("UPDATE wp_amelia_services SET name = X'4B6579FF' WHERE id = 2");
    await wordpress.sql(
      `UPDATE wp_amelia_customer_bookings SET customFields = REPEAT('x', 1048576), info = '[[', status = NULL, customerId = 999999 WHERE id = ?`,
      [id],
    );
    const broken = await wordpress.scenario('amelia_appointment', { service: 2 });

    const [subject] = await read.amelia(bookings);
    const [named] = await read.amelia(broken.bookings);

    expect(subject).toMatchObject({
      status: 'none',
      booking: { status: null, customFields: null, info: null, customer: null },
    });
    expect(named?.booking['item']).toMatchObject({ name: 'Key\uFFFD' });
    await wordpress.sql("UPDATE wp_amelia_services SET name = 'Key Seminar' WHERE id = 2");
    await wordpress.sql('ALTER TABLE wp_amelia_services MODIFY name VARCHAR(255) NULL');
  });

  it('bookings out of several packages each name those of their own', async () => {
    const sold = [await wordpress.scenario('amelia_package'), await wordpress.scenario('amelia_package')];
    const dates = [];
    for (const { packageCustomer } of [...sold, ...sold]) {
      const date = await wordpress.scenario('amelia_package_date', { packageCustomer });
      dates.push(...date.bookings);
    }
    const [a, b, c, d] = dates;

    const subjects = await read.amelia(dates);

    expect(subjects.map(({ booking }) => booking['purchase'])).toEqual(
      [
        [a, c],
        [b, d],
        [a, c],
        [b, d],
      ].map((bookingIds) => ({ paymentId: null, bookingIds })),
    );
  });

  it('a table of payments that went away since the last look is noticed by the failing query', async () => {
    const { bookings } = await wordpress.scenario('amelia_appointment');
    await read.lookAgain();
    await wordpress.sql('RENAME TABLE wp_amelia_payments TO hidden');
    await wordpress.php(
      "$p = get_option( 'keybank_parts' ); $p['at'] -= 61; return update_option( 'keybank_parts', $p );",
    );

    const [subject] = await read.amelia(bookings);

    expect(subject?.booking).toMatchObject({ payments: [], purchase: null });
    await wordpress.sql('RENAME TABLE hidden TO wp_amelia_payments');
    await read.lookAgain();
  });

  it('bookings that do not exist are absent; a missing table of bookings is not taken for that', async () => {
    const { bookings } = await wordpress.scenario('amelia_appointment');
    expect(await read.amelia([999_999], [999_999])).toEqual([]);
    expect(await read.amelia([])).toEqual([]);

    await wordpress.sql('RENAME TABLE wp_amelia_customer_bookings TO hidden');
    await read.lookAgain();
    await expect(read.amelia(bookings)).rejects.toThrow('no table wp_amelia_customer_bookings');
    await wordpress.sql('RENAME TABLE hidden TO wp_amelia_customer_bookings');
    await read.lookAgain();
    expect(await read.amelia(bookings)).toHaveLength(1);
  });

  it('a table or column that went away since the last look is noticed by the failing query', async () => {
    const { bookings } = await wordpress.scenario('amelia_appointment', { couponId: 1 });
    await read.lookAgain();
    await wordpress.sql('RENAME TABLE wp_amelia_coupons TO hidden');

    // Within a minute of a look the tables are not looked at again.
    await expect(read.amelia(bookings)).rejects.toThrow(/database: .*wp_amelia_coupons/);
    await wordpress.php(
      "$p = get_option( 'keybank_parts' ); $p['at'] -= 61; return update_option( 'keybank_parts', $p );",
    );
    const [subject] = await read.amelia(bookings);

    expect(subject?.booking).toMatchObject({ couponId: 1, couponCode: null });
    await wordpress.sql('RENAME TABLE hidden TO wp_amelia_coupons');
    await read.lookAgain();
  });

  it('no token is in any snapshot', async () => {
    const secrets = await tokensIn(wordpress, 'amelia');
    const bookings = await wordpress.sql('SELECT id FROM wp_amelia_customer_bookings');
    const packages = await wordpress.sql('SELECT id FROM wp_amelia_packages_to_customers');
    const [ofBookings, ofPackages] = [bookings, packages].map((rows) => rows.map(({ id }) => Number(id)));
    const told = JSON.stringify(await read.amelia(ofBookings ?? [], ofPackages));

    expect(secrets.length).toBeGreaterThan(10);
    expect(secrets.filter((token) => told.includes(token))).toEqual([]);
    expect(told).not.toMatch(/token/i);
  });

  it('an old Amelia without packages, tickets, coupons and newer columns is read all the same', async () => {
    const { bookings, payments } = await wordpress.scenario('amelia_recurring', { count: 2 });
    const gone = [
      'packages',
      'packages_to_customers',
      'packages_customers_to_services',
      'customer_bookings_to_events_tickets',
      'coupons',
    ];
    const columns = ['packageCustomerServiceId', 'created', 'info', 'couponId'];
    const ofPayments = ['packageCustomerId', 'parentId', 'transactionId', 'wcOrderId'];
    const drop = (names: string[]) => names.map((name) => `DROP COLUMN ${name}`).join(', ');
    for (const table of gone) await wordpress.sql(`RENAME TABLE wp_amelia_${table} TO hidden_${table}`);
    await wordpress.sql(`ALTER TABLE wp_amelia_customer_bookings ${drop(columns)}`);
    await wordpress.sql(`ALTER TABLE wp_amelia_payments ${drop(ofPayments)}`);
    await read.lookAgain();

    const subjects = await read.amelia(bookings);

    expect(subjects[1]?.booking).toMatchObject({
      couponId: null,
      couponCode: null,
      info: null,
      tickets: [],
      payments: [{ id: payments[1], parentId: null, gateway: 'onSite', transactionId: null }],
      packageCustomerId: null,
      purchase: null,
      item: { name: 'Key Workshop' },
    });
    expect(await read.hasBookings(1)).toBe(false);
    await expect(read.amelia([], [1])).rejects.toThrow('no table wp_amelia_packages_to_customers');

    await wordpress.sql('DROP TABLE wp_amelia_payments');
    await wordpress.sql('DROP TABLE wp_amelia_users');
    await read.lookAgain();
    expect((await read.amelia(bookings))[0]?.booking).toMatchObject({ customer: null, payments: [] });
  });
});
