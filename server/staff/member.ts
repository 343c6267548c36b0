import type { StaffRow } from '../store/rows.ts';
import { rightsOf, type Right } from './rights.ts';

/** A member of staff as everybody may see them: no hash. */
export interface Member {
  staffId: number;
  name: string;
  role: StaffRow['role'];
  rights: Right[];
}

export function describeMember(row: StaffRow): Member {
  return { staffId: row.id, name: row.name, role: row.role, rights: rightsOf(row) };
}
