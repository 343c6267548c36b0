import type { BookingEvent } from '../../shared/booking-event.ts';
import { at, idAt, textAt } from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';
import { groupName } from './group-token.ts';

interface RowGroup {
  externalId: string;
  item: NonNullable<BookingEvent['item']>;
  remarks: string[];
}

/** A compound or collaborative service is one sale in several rows; null for a row of its own. */
export function groupOf(row: Place): RowGroup | null {
  for (const kind of ['compound', 'collaborative']) {
    const serviceId = idAt(row, `${kind}_service_id`);
    if (serviceId === null) continue;
    const item = { kind: 'service' as const, id: serviceId, name: textAt(row, `${kind}_service_title`) };
    const token = textAt(row, `${kind}_token`);
    if (token !== null)
      return { externalId: `compound:${groupName(token).slice('sha256:'.length)}`, item, remarks: [] };
    const order = idAt(row, 'order_id');
    if (order !== null)
      return { externalId: `compound:order-${order}-service-${serviceId}`, item, remarks: [] };
    const remarks = [`A ${kind} booking without token and order: its rows cannot be told to be one.`];
    return { externalId: idAt(row, 'id') ?? '', item, remarks };
  }
  return null;
}

/** Rows that are one order, in the order given. */
export function groupRows(rows: Place[]): Place[][] {
  const groups = new Map<string, Place[]>();
  for (const row of rows) {
    const key = groupOf(row)?.externalId ?? idAt(row, 'id') ?? at(row, 'id').where;
    const group = groups.get(key) ?? [];
    group.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}
