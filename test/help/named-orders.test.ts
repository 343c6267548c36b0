import { describe, expect, test } from 'vitest';
import { orderId } from '../../shared/booking-event.ts';
import { namedOrders } from '../../server/help/named-orders.ts';

const named = (text: string, slugs: string[] = []) => namedOrders(text, slugs).map(orderId);

describe('the booking number that a buyer types', () => {
  test.each([
    ['amelia:13', 'amelia:13'],
    [' Booking amelia:13 ', 'amelia:13'],
    ['AMELIA:13', 'amelia:13'],
    ['amelia@second-shop:13', 'amelia@second-shop:13'],
    ['amelia:package:7', 'amelia:package:7'],
    ['bookly:compound:x-1', 'bookly:compound:x-1'],
    ['staff:7K2M9QX4TB', 'staff:7K2M9QX4TB'],
    ['Staff:7k2m9qx4tb', 'staff:7K2M9QX4TB'],
  ])('%j is one order', (text, id) => {
    expect(named(text)).toEqual([id]);
  });

  test.each(['13', '#13', '# 13', 'Booking 13', 'booking: 13', 'Booking #13'])(
    '%j may be of either plugin and of each site',
    (text) => {
      expect(named(text, ['', 'two'])).toEqual([
        ...['amelia:13', 'bookly:13', 'staff:13'],
        ...['amelia@two:13', 'bookly@two:13', 'staff@two:13'],
      ]);
    },
  );

  test('the letters of a number that staff gave are enough', () => {
    expect(named('7k2m9qx4tb')).toContain('staff:7K2M9QX4TB');
  });

  test.each([
    '',
    '#',
    'Booking',
    'thirteen and a half',
    "13' OR 1=1",
    '13\u0000',
    '<b>13</b>',
    'x'.repeat(101),
    '١٣',
  ])('%j is none', (text) => {
    expect(named(text)).toEqual([]);
  });
});
