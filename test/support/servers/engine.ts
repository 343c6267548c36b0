const ENGINE_NAMES = ['mysql', 'mariadb', 'postgres'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** A running database server that may be asked for anything: its URL is an administrator's. */
export interface Server {
  url: string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  log: (message: string) => void;
  /** True for measurements: every commit reaches the disk. Tests need speed more than they need the power cut. */
  durable: boolean;
}

/** One way to have a server. It answers a server, or throws `Unavailable` so that the next way is tried. */
export interface Way {
  name: string;
  start(options: ServerOptions): Promise<Server>;
}

export class Unavailable extends Error {}

const MINIMUM_VERSIONS: Record<EngineName, readonly [number, number]> = {
  mysql: [8, 0],
  mariadb: [10, 6],
  postgres: [14, 0],
};

/** The room that 16 workers of a pool each and a stress test need. */
export const MAX_CONNECTIONS = 500;

/** Why this is not a server of that engine we support, or undefined when it is. */
export function versionFault(engine: EngineName, version: string): string | undefined {
  if (engine !== 'postgres' && /mariadb/i.test(version) !== (engine === 'mariadb')) {
    return `version "${version}" is not ${engine}`;
  }
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const [leastMajor, leastMinor] = MINIMUM_VERSIONS[engine];
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `version "${version}" is older than ${leastMajor}.${leastMinor}`;
}

/** The engines that this run was asked for: `KEYBANK_TEST_ENGINES=mysql,postgres`, or all. */
export function askedFor(list = process.env['KEYBANK_TEST_ENGINES']): EngineName[] {
  if (!list?.trim()) return [...ENGINE_NAMES];
  const words = list.split(',').map((word) => word.trim());
  const unknown = words.filter((word) => !ENGINE_NAMES.some((name) => name === word));
  if (unknown.length > 0) {
    throw new Error(
      `KEYBANK_TEST_ENGINES names "${unknown.join(', ')}"; known are ${ENGINE_NAMES.join(', ')}`,
    );
  }
  return ENGINE_NAMES.filter((name) => words.includes(name));
}
