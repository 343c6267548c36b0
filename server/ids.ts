import { uuidv7 } from 'uuidv7';

/** Makes the ids of deliveries, messages and imports: UUIDv7, so that new rows land at the end of their index. */
export type NewId = () => string;
export const newUuid: NewId = uuidv7;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A database may refuse to look for an id that is none. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
