// One statement stays far below every limit on its size: MySQL's max_allowed_packet (4 MiB on some hosts, and bytes
// travel as hex), PostgreSQL's 65,535 parameters, MySQL's range_optimizer_max_mem_size (beyond it, a full scan).
const MAX_ROWS = 1000;
const MAX_BYTES = 1024 * 1024;

function* parts<V>(values: readonly V[]): Generator<V[]> {
  for (let start = 0; start < values.length; start += MAX_ROWS) yield values.slice(start, start + MAX_ROWS);
}

/** Asks once per slice and joins the answers in order; asks nothing for an empty list. */
export async function inParts<V, R>(
  values: readonly V[],
  ask: (part: V[]) => PromiseLike<R[]>,
): Promise<R[]> {
  const answers: R[] = [];
  for (const part of parts(values)) answers.push(...(await ask(part)));
  return answers;
}

/** Acts once per slice, one after the other; never for an empty list. */
export async function eachPart<V>(
  values: readonly V[],
  act: (part: V[]) => PromiseLike<unknown>,
): Promise<void> {
  for (const part of parts(values)) await act(part);
}

/** Rows of driver values in slices bounded by count and by size; a row that is bigger alone travels alone. */
export function* packets(rows: readonly unknown[][]): Generator<unknown[][]> {
  let packet: unknown[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = row.reduce((sum: number, value) => sum + sizeOf(value), 0);
    if (packet.length > 0 && (packet.length === MAX_ROWS || bytes + size > MAX_BYTES)) {
      yield packet;
      packet = [];
      bytes = 0;
    }
    packet.push(row);
    bytes += size;
  }
  if (packet.length > 0) yield packet;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return value instanceof Uint8Array ? value.byteLength : 8;
}

export function ascending(ids: readonly number[]): number[] {
  return [...ids].sort((a, b) => a - b);
}
