import type { InstanceRow, SessionRow, StaffRow } from './rows.ts';

/** Staff, their browsers, and the processes that serve. The rules of the seam are those of store.ts. */
export interface StaffVerbs {
  findStaff(q: { id: number }): Promise<StaffRow | null>;
  findStaffByTokenHash(q: { tokenHash: string }): Promise<StaffRow | null>;
  /** Insert or nothing by token hash. */
  insertStaff(q: Pick<StaffRow, 'name' | 'role' | 'grants' | 'tokenHash' | 'createdAt'>): Promise<void>;
  listStaff(): Promise<StaffRow[]>;
  /** Everybody, locked in order of id: who changes staff sees them all. */
  lockStaff(): Promise<StaffRow[]>;
  touchStaff(q: { id: number; usedAt: Date }): Promise<void>;
  updateStaff(q: Pick<StaffRow, 'id' | 'role' | 'grants' | 'tokenHash' | 'revokedAt'>): Promise<void>;
}

/** Ages are counted by the database's clock. */
export interface SessionVerbs {
  /** Sessions that `findSession` would not give any more. */
  deleteDeadSessions(q: { idleMs: number; absoluteMs: number }): Promise<void>;
  deleteSession(q: { tokenHash: string }): Promise<void>;
  deleteSessionsOfStaff(q: { staffId: number }): Promise<void>;
  /** Null when it was not seen for `idleMs`, or is older than `absoluteMs`. */
  findSession(q: { tokenHash: string; idleMs: number; absoluteMs: number }): Promise<SessionRow | null>;
  insertSession(q: { tokenHash: string; staffId: number }): Promise<void>;
  /** Seen now; writes nothing when it was seen so short a time ago. */
  touchSession(q: { tokenHash: string; unlessWithinMs: number }): Promise<void>;
}

/** Counted by the engine; null is what it does not tell without rights of its own. */
export interface LockCounts {
  /** How often somebody waited for a row; MySQL and MariaDB, of all databases of the server. */
  waits: number | null;
  /** Of this database on PostgreSQL; of the server on MariaDB. */
  deadlocks: number | null;
  /** For how long they have been counted; null is since the database was made. */
  countedMs: number | null;
}

export interface InstanceVerbs {
  /** Insert or replace by id; seen now. */
  beat(q: Omit<InstanceRow, 'seenAt'>): Promise<void>;
  /** A process that ended in order. */
  deleteInstance(q: { id: string }): Promise<void>;
  /** Those not seen for so long. */
  deleteInstances(q: { deadForMs: number }): Promise<void>;
  /** In order of their start. */
  listInstances(q: { silentAfterMs: number }): Promise<(InstanceRow & { isSilent: boolean })[]>;
  /** What the engine tells everybody about its locks. */
  readLockCounts(): Promise<LockCounts>;
}
