import { it } from 'vitest';
import { openSmtpWorld } from './zz-world.ts';
it('x', async () => {
  const world = await openSmtpWorld('postgres');
  const orders = await world.sell(12);
  const t0 = performance.now();
  world.faults.rule = ({ time, nth, to }) => { console.log(Math.round(performance.now()), 'rcpt', nth, to, time); return (time === 1 ? { message: 421 } : {}); };
  const worker = world.work();
  await worker.outbox.drain();
  console.log(worker.logged, worker.outbox.state());
  for (const o of orders) { const { row } = await world.told(o); console.log(o, row.status, row.lastCode, row.attempts); }
  await world.close();
});
