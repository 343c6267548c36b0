import { expect, test } from 'vitest';
import { openLog } from '../server/log.ts';

function opened(level: string) {
  const lines: Record<string, unknown>[] = [];
  const log = openLog({ level, destination: { write: (line) => void lines.push(JSON.parse(line)) } });
  return { log, lines };
}

test.each([
  ['amelia_after_booking_added', 'amelia_after_booking_added'],
  ['appointment.bookingAdded', 'appointment.bookingAdded'],
  ['ada@leak.example', 'other'],
  ['a b', 'other'],
  ['x'.repeat(81), 'other'],
  [null, null],
])('a hook named %j is logged as %j: a sender may write anything there', (hook, logged) => {
  const { log, lines } = opened('info');
  log.info('webhook.received', { deliveryId: 'd1', hook });
  expect(lines).toMatchObject([{ event: 'webhook.received', deliveryId: 'd1', hook: logged }]);
});

test('that a job started is for those who look closely', () => {
  const usual = opened('info');
  usual.log.info('job.started', { job: 'fill-waiting' });
  expect(usual.lines).toEqual([]);
  const close = opened('debug');
  close.log.info('job.started', { job: 'fill-waiting' });
  expect(close.lines).toMatchObject([{ event: 'job.started', job: 'fill-waiting' }]);
});
