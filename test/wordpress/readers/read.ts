import { z } from 'zod';
import { normalize } from '../../../server/webhook/normalize.ts';
import type { WordPress } from '../support/wordpress.ts';

const snapshot = z.record(z.string(), z.json());
const subjects = z.array(
  z.object({
    kind: z.enum(['booking', 'package']),
    id: z.int(),
    ids: z.array(z.int()),
    status: z.string(),
    parent: z.int().nullable(),
    group: z.string().nullable(),
    booking: snapshot,
  }),
);
const rows = z.object({ rows: z.array(snapshot) });

/** What a snippet needs before it can read. */
export const LOAD = "require_once WPMU_PLUGIN_DIR . '/key-bank/collect.php';";

export type Subject = z.infer<typeof subjects>[number];

/** The plugin's readers, called in WordPress. */
export function readersOf(wordpress: WordPress) {
  const list = (ids: number[]) => `array( ${ids.join(', ')} )`;
  const call = (code: string) => wordpress.php(`${LOAD} return \\KeyBank\\${code};`);
  const ids = async (code: string) => z.array(z.int()).parse(await call(code));
  return {
    amelia: async (bookings: number[], packages: number[] = []) =>
      subjects.parse(await call(`read_amelia( ${list(bookings)}, ${list(packages)} )`)),
    bookly: async (bookings: number[]) => subjects.parse(await call(`read_bookly( ${list(bookings)} )`)),
    family: (bookings: number[]) => ids(`bookly_family( ${list(bookings)} )`),
    ameliaBookingsOf: (what: string, id: number) => ids(`amelia_bookings_of( '${what}', ${id} )`),
    booklyRowsOf: (what: string, id: number) => ids(`bookly_rows_of( '${what}', ${id} )`),
    hasBookings: (id: number) => call(`package_has_bookings( ${id} )`),
    lookAgain: async () => {
      await call('find_parts_again()');
    },
    call,
  };
}

export function rowsOf(subject: Subject | undefined): z.infer<typeof snapshot>[] {
  return rows.parse(subject?.booking).rows;
}

/** What the server makes of a snapshot. */
export function heard(source: 'amelia' | 'bookly', subject: Subject | undefined) {
  const body = { v: 1, rev: 1, hook: 'shutdown', booking: subject?.booking ?? {}, args: [] };
  return normalize({ source, body }).events;
}

/** Whatever that plugin keeps in a column called token. */
export async function tokensIn(wordpress: WordPress, plugin: 'amelia' | 'bookly'): Promise<string[]> {
  const columns = await wordpress.sql(
    `SELECT TABLE_NAME AS tab, COLUMN_NAME AS col FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME LIKE '%token%' AND TABLE_NAME LIKE 'wp\\_${plugin}\\_%'`,
  );
  const found = await Promise.all(
    columns.map(({ tab, col }) =>
      wordpress.sql(`SELECT \`${String(col)}\` AS token FROM \`${String(tab)}\``),
    ),
  );
  return found.flat().flatMap(({ token }) => (token ? [String(token)] : []));
}
