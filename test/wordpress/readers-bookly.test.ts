import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminUrl, engines } from '../support/engines.ts';
import { heard, readersOf, rowsOf, tokensIn } from './readers/read.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';

const ADA = { email: 'ada@example.test', firstName: 'Ada', lastName: 'Lovelace', phone: '+15550001' };

describe.each(engines().filter((name) => name !== 'postgres'))('what is read of Bookly on %s', (engine) => {
  let wordpress: WordPress;
  let read: ReturnType<typeof readersOf>;

  beforeAll(async () => {
    const database = adminUrl(engine);
    wordpress = await startWordPress({ php: '8.2', wordpress: '6.5', database, server: 'cli' });
    read = readersOf(wordpress);
  });
  afterAll(() => wordpress.stop());

  it('a booking is its joined row, without times, staff and token', async () => {
    const { bookings, appointments, payments, customer, order } = await wordpress.scenario('bookly_book', {
      ...ADA,
      notes: 'promo code KEY10 please',
      couponId: 1,
      customFields: [{ id: 2, value: 'KEY20' }],
      refId: 'ch_7',
    });
    const [id = 0] = bookings;
    const [row] = await wordpress.sql('SELECT created_at FROM wp_bookly_customer_appointments WHERE id = ?', [
      id,
    ]);

    const [subject] = await read.bookly(bookings);

    expect(subject).toMatchObject({ kind: 'booking', id, ids: [id], status: 'approved', group: null });
    expect(subject?.parent).toBe(appointments[0]);
    expect(JSON.stringify(subject?.booking)).toBe(
      JSON.stringify({
        id,
        series_id: null,
        package_id: null,
        customer_id: customer,
        appointment_id: appointments[0],
        payment_id: payments[0],
        order_id: order,
        number_of_persons: 1,
        units: 1,
        notes: 'promo code KEY10 please',
        extras: '[]',
        custom_fields: '[{"id":2,"value":"KEY20"}]',
        status: 'approved',
        locale: null,
        collaborative_service_id: null,
        collaborative_service_title: null,
        collaborative_token: null,
        compound_service_id: null,
        compound_service_title: null,
        compound_token: null,
        created_from: 'frontend',
        created_at: row?.['created_at'],
        service_id: 1,
        service_title: 'Key Workshop',
        service_type: 'simple',
        custom_service_name: null,
        customer_email: ADA.email,
        customer_full_name: 'Ada Lovelace',
        first_name: 'Ada',
        last_name: 'Lovelace',
        customer_phone: ADA.phone,
        payment_type: 'local',
        payment_status: 'pending',
        payment_total: '40.00',
        payment_paid: '0.00',
        payment_ref_id: 'ch_7',
        payment_details: {
          coupon: null,
          coupon_id: null,
          subtotal: { deposit: 0, price: 40 },
          gateway_ref_id: 'ch_7',
        },
        coupon_id: 1,
        coupon_code: 'BOOKLY10',
        custom_field_labels: [{ id: 2, label: 'Promo code' }],
        purchase_ids: [id],
      }),
    );
    expect(heard('bookly', subject)).toMatchObject([
      {
        externalId: String(id),
        coupon: { value: 'BOOKLY10' },
        payment: { transactionId: 'ch_7' },
        purchase: null,
      },
    ]);
  });

  it.each(['compound', 'collaborative'])('the rows of a %s service travel together', async (kind) => {
    const { bookings, appointments, payments } = await wordpress.scenario(`bookly_${kind}`, {
      ...ADA,
      items: 3,
    });
    const other = await wordpress.scenario(`bookly_${kind}`, ADA);
    const [token] = await wordpress.sql(
      `SELECT ${kind}_token AS token FROM wp_bookly_customer_appointments WHERE id = ?`,
      [bookings[0]],
    );
    const name = createHash('sha256')
      .update(`keybank:${String(token?.['token'])}`)
      .digest('hex')
      .slice(0, 24);
    const service = kind === 'compound' ? 3 : 4;

    expect(await read.family(bookings.slice(1, 2))).toEqual(bookings);
    const subjects = await read.bookly([...other.bookings, ...bookings]);

    expect(subjects).toHaveLength(2);
    expect(subjects[0]).toMatchObject({
      id: bookings[0],
      ids: bookings,
      parent: appointments[0],
      group: `${kind}:${service}:${name}`,
    });
    expect(rowsOf(subjects[0])).toMatchObject(
      bookings.map((id) => ({ id, [`${kind}_token`]: `sha256:${name}`, [`${kind}_service_id`]: service })),
    );
    expect(heard('bookly', subjects[0]).map(({ externalId }) => externalId)).toEqual([`compound:${name}`]);
    expect(await read.call(`group_order_id( '${kind}:${service}:${name}' )`)).toBe(`compound:${name}`);
    expect(await read.booklyRowsOf('payment', payments[0] ?? 0)).toEqual(bookings);
  });

  it('a group without a token is known by its order', async () => {
    const { bookings, order } = await wordpress.scenario('bookly_compound');
    await wordpress.sql(
      'UPDATE wp_bookly_customer_appointments SET compound_token = NULL WHERE order_id = ?',
      [order],
    );

    const [subject] = await read.bookly(await read.family(bookings.slice(0, 1)));

    expect(subject).toMatchObject({ ids: bookings, group: `compound:3:order-${order}` });
    const [event] = heard('bookly', subject);
    expect(event?.externalId).toBe(`compound:order-${order}-service-3`);
    expect(await read.call(`group_order_id( 'compound:3:order-${order}' )`)).toBe(event?.externalId);
  });

  it('a group is booked while a row of it is, and its lost rows are remembered', async () => {
    const { bookings } = await wordpress.scenario('bookly_compound', { items: 3 });
    const [first, second, third] = bookings;
    const [whole] = await read.bookly(bookings);
    await wordpress.sql("UPDATE wp_bookly_customer_appointments SET status = 'cancelled' WHERE id = ?", [
      first,
    ]);
    await wordpress.sql('DELETE FROM wp_bookly_customer_appointments WHERE id = ?', [second]);

    const [rest] = await read.bookly(bookings);
    expect(rest).toMatchObject({ id: first, ids: [first, third], status: 'approved', group: whole?.group });

    await wordpress.sql('DELETE FROM wp_bookly_customer_appointments WHERE id IN (?, ?)', [first, third]);
    await wordpress.sql(
      'REPLACE INTO wp_keybank_bookings (source, kind, id, status, grp, seen_at) VALUES ?',
      [bookings.map((id) => ['bookly', 'booking', id, 'approved', whole?.group, '2026-01-01'])],
    );
    expect(await read.bookly(bookings)).toEqual([]);
    expect(await read.family([third ?? 0])).toEqual(bookings);
  });

  it('the rows of a series or a package name all of it, also those that are gone', async () => {
    const series = await wordpress.scenario('bookly_series', ADA);
    const apart = await wordpress.scenario('bookly_book', { ...ADA, items: 3 });
    const [first = 0] = series.bookings;
    await wordpress.sql('DELETE FROM wp_bookly_customer_appointments WHERE id = ?', [first]);
    await wordpress.sql('UPDATE wp_bookly_customer_appointments SET package_id = 70 WHERE id IN (?)', [
      apart.bookings.slice(1),
    ]);

    const inSeries = await read.bookly(series.bookings);
    const inPackage = await read.bookly(apart.bookings);

    expect(inSeries.map(({ booking }) => booking['purchase_ids'])).toEqual([
      series.bookings,
      series.bookings,
    ]);
    expect(inSeries.flatMap((one) => heard('bookly', one)).map((event) => event.purchase?.lead)).toEqual([
      false,
      false,
    ]);
    expect(inPackage.map(({ booking }) => booking['purchase_ids'])).toEqual([
      apart.bookings,
      apart.bookings.slice(1),
      apart.bookings.slice(1),
    ]);
  });

  it('a reschedule, a rating and another touch change nothing', async () => {
    const { bookings, appointments } = await wordpress.scenario('bookly_book');
    const before = await read.bookly(bookings);
    await wordpress.sql(
      "UPDATE wp_bookly_appointments SET start_date = '2031-01-01 10:00:00', staff_id = 9, updated_at = '2031-01-01' WHERE id = ?",
      [appointments[0]],
    );
    await wordpress.sql(
      "UPDATE wp_bookly_customer_appointments SET rating = 5, updated_at = '2031-01-01', status_changed_at = '2031-01-01' WHERE id = ?",
      [bookings[0]],
    );

    expect(JSON.stringify(await read.bookly(bookings))).toBe(JSON.stringify(before));
  });

  it('rows are found by appointment, by payment and by a part payment', async () => {
    const { bookings, appointments, payments } = await wordpress.scenario('bookly_book', { items: 2 });
    await wordpress.sql(
      "INSERT INTO wp_bookly_payments (parent_id, created_at, updated_at) VALUES (?, '2026-01-01', '2026-01-01')",
      [payments[0]],
    );
    const [part] = await wordpress.sql('SELECT MAX(id) AS id FROM wp_bookly_payments');

    expect(await read.booklyRowsOf('appointment', appointments[1] ?? 0)).toEqual(bookings.slice(1));
    expect(await read.booklyRowsOf('payment', payments[0] ?? 0)).toEqual(bookings);
    expect(await read.booklyRowsOf('payment', Number(part?.['id']))).toEqual(bookings);
    expect(await read.booklyRowsOf('payment', 999_999)).toEqual([]);
  });

  it('no token is in any snapshot', async () => {
    const secrets = await tokensIn(wordpress, 'bookly');
    const ids = await wordpress.sql('SELECT id FROM wp_bookly_customer_appointments');
    const told = JSON.stringify(await read.bookly(ids.map(({ id }) => Number(id))));

    expect(secrets.length).toBeGreaterThan(20);
    expect(secrets.filter((token) => told.includes(token))).toEqual([]);
    expect(told).not.toMatch(/"token"/);
  });

  it('an old Bookly without groups, orders, coupons and custom fields is read all the same', async () => {
    const { bookings } = await wordpress.scenario('bookly_book', {
      customFields: [{ id: 1, value: ['a', 'b'] }],
    });
    await wordpress.sql('DROP TABLE wp_bookly_coupons');
    await wordpress.sql('ALTER TABLE wp_bookly_payments DROP COLUMN ref_id');
    await wordpress.sql(
      `ALTER TABLE wp_bookly_customer_appointments DROP COLUMN order_id, DROP COLUMN series_id, DROP COLUMN package_id,
       DROP COLUMN compound_token, DROP COLUMN compound_service_id, DROP COLUMN collaborative_token,
       DROP COLUMN collaborative_service_id, DROP COLUMN units, MODIFY notes LONGTEXT NULL`,
    );
    await wordpress.sql("UPDATE wp_bookly_customer_appointments SET notes = REPEAT('x', 1048576)");
    await wordpress.sql('UPDATE wp_bookly_payments SET details = \'{"items":\'');
    await wordpress.php("return delete_option( 'bookly_custom_fields_data' );");
    await read.lookAgain();

    expect(await read.family(bookings)).toEqual(bookings);
    expect((await read.bookly(bookings))[0]).toMatchObject({
      group: null,
      booking: {
        order_id: null,
        units: null,
        notes: null,
        coupon_code: null,
        payment_ref_id: null,
        payment_details: null,
        custom_field_labels: null,
        purchase_ids: bookings,
      },
    });
  });
});
