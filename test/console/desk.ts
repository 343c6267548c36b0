import { sampleDelivery, type SampleBooking, type Shape } from '../../server/sample/sample-bookings.ts';
import { engines, freshDatabase } from '../support/engines.ts';
import { startService, type Service } from '../support/service.ts';
import { openBrowser, type ConsoleBrowser } from './browser.ts';

/** A service with a console, and a browser before it. One engine is enough: the procedures are tested on each. */
export interface Desk extends ConsoleBrowser {
  service: Service;
  /** A booking in the shape of a real sender. */
  book(shape: Shape, about: Partial<SampleBooking> & Pick<SampleBooking, 'id'>): Promise<string>;
  /** The procedure's answer; throws when it is refused. */
  call(procedure: string, input: unknown): Promise<Record<string, unknown>>;
}

export async function openDesk(env: Record<string, string> = {}): Promise<Desk> {
  const [engine] = engines();
  if (!engine) throw new Error('this run has no engine: KEYBANK_TEST_ENGINES leaves all out');
  const database = await freshDatabase(engine);
  const service = await startService({ DATABASE_URL: database.url, ...env });
  const browser = await openBrowser(service.url);
  return { ...browser, ...shopping(service), service, close };

  async function close() {
    await browser.close();
    await service.stop();
    await database.drop();
  }
}

/** How bookings and acts reach a service. */
export function shopping(service: Service): Pick<Desk, 'book' | 'call'> {
  return {
    async book(shape, about) {
      const sample = { ...SAMPLE, ...about };
      const { source, contentType, body } = sampleDelivery(shape, sample);
      const answer = await service.post(source, null, {
        raw: body,
        headers: { 'content-type': contentType },
      });
      if (answer.code !== 200) throw new Error(`${source} ${about.id}: ${answer.code} ${answer.text}`);
      return answer.orderId;
    },
    async call(procedure, input) {
      const { status, data } = await service.rpc(procedure, input);
      if (status !== 200 || typeof data !== 'object' || data === null)
        throw new Error(`${procedure}: ${status} ${JSON.stringify(data)}`);
      return { ...data };
    },
  };
}

const SAMPLE: Omit<SampleBooking, 'id'> = {
  itemId: 1,
  email: 'ada@example.test',
  firstName: 'Ada',
  lastName: 'Lovelace',
  persons: 1,
  coupon: null,
};
