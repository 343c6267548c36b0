import { uuidv7 } from 'uuidv7';

/** Makes the ids of deliveries, messages and imports: UUIDv7, so that new rows land at the end of their index. */
export type NewId = () => string;
export const newUuid: NewId = uuidv7;
