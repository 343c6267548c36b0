import { nearestWord } from './nearest-word.ts';

export interface ConfigFault {
  name: string;
  /** Completes "<name> …"; never holds a secret. */
  problem: string;
  allowed: string;
  wayOut: string;
}

/** Every fault of the environment at once. */
export class ConfigError extends Error {
  readonly faults: ConfigFault[];
  constructor(faults: ConfigFault[]) {
    const lines = faults.map((f) => `  ${f.name} ${f.problem}.\n    Allowed: ${f.allowed}.\n    ${f.wayOut}`);
    const count = faults.length === 1 ? 'One setting is' : `${faults.length} settings are`;
    super(`${count} not right:\n\n${lines.join('\n\n')}\n\nWhat each one means: docs/config.md`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** KEYBANK_* names that mean nothing; a typo would otherwise leave a setting at its default in silence. */
export function unknownNames(env: Record<string, string>, known: string[]): ConfigFault[] {
  const strange = Object.keys(env).filter(
    (name) => name.startsWith('KEYBANK_') && !name.startsWith('KEYBANK_TEST_') && !known.includes(name),
  );
  return strange.map((name) => {
    const near = nearestWord(name, known);
    return {
      name,
      problem: 'is not a setting of Key Bank',
      allowed: 'the names in docs/config.md',
      wayOut: near === null ? 'Take it out.' : `Did you mean ${near}?`,
    };
  });
}
