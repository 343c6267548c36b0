import type { BookingEvent, ItemKind } from '../../shared/booking-event.ts';
import { isOff, readStatus } from './booking-status.ts';
import { at, idAt, isBlank, textAt } from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';

type Item = NonNullable<BookingEvent['item']>;

/** What was booked: the snapshot's `item`, else the slot's service or event, else what the booking itself says. */
export function findItem(booking: Place, slot: Place | null, bookables: Place[]): Item | null {
  const stated = at(booking, 'item');
  const found = fromItem(stated) ?? (slot ? fromSlot(slot) : null) ?? fromIds(booking);
  if (found === null) return null;
  return { ...found, name: found.name ?? nameAmong(bookables, found.id) };
}

function fromItem(item: Place): Item | null {
  const kinds: Record<string, ItemKind> = {
    appointment: 'service',
    service: 'service',
    event: 'event',
    package: 'package',
  };
  const kind = kinds[textAt(item, 'type') ?? ''];
  const id = kind === undefined ? null : (idAt(item, `${kind}Id`) ?? idAt(item, 'id'));
  return kind === undefined || id === null ? null : { kind, id, name: textAt(item, 'name') };
}

function fromSlot(slot: Place): Item | null {
  if (isEventSlot(slot)) {
    const id = idAt(slot, 'id');
    return id === null ? null : { kind: 'event', id, name: textAt(slot, 'name') };
  }
  const id = idAt(slot, 'serviceId') ?? idAt(slot, 'service', 'id');
  return id === null ? null : { kind: 'service', id, name: textAt(slot, 'service', 'name') };
}

function fromIds(holder: Place): Item | null {
  for (const kind of ['service', 'event'] as const) {
    const id = idAt(holder, `${kind}Id`) ?? idAt(holder, kind, 'id');
    if (id !== null) return { kind, id, name: textAt(holder, kind, 'name') };
  }
  return null;
}

function nameAmong(bookables: Place[], id: string): string | null {
  return (
    bookables
      .filter((bookable) => idAt(bookable, 'id') === id)
      .map((bookable) => textAt(bookable, 'name'))[0] ?? null
  );
}

/** Events have periods, appointments a service. */
function isEventSlot(slot: Place): boolean {
  const type = textAt(slot, 'type');
  if (type === 'event' || type === 'appointment') return type === 'event';
  return !isBlank(at(slot, 'periods').value) && idAt(slot, 'serviceId') === null;
}

/**
 * The word by which the event itself is off, else null: Amelia cancels an event by rejecting it and leaves its bookings
 * "approved" (docs/payloads.md, amelia_after_event_status_updated).
 */
export function offWord(booking: Place, slot: Place | null): string | null {
  const words = [
    slot && isEventSlot(slot) ? textAt(slot, 'status') : null,
    textAt(booking, 'item', 'type') === 'event' ? textAt(booking, 'item', 'status') : null,
  ];
  return words.find((word) => isOff(readStatus(word))) ?? null;
}
