import { spawn } from 'node:child_process';
import type { Php } from '../../support/php/find-php.ts';

export interface PhpRun {
  php: Php;
  settings: Record<string, string>;
  env: Record<string, string>;
  script: string;
  args: string[];
  input: string;
}

/** Runs a script on the command line to its end; a failing one throws with what it printed. */
export async function runPhp({ php, settings, env, script, args, input }: PhpRun): Promise<string> {
  const [program, ...fixed] = php.cli;
  const given = { ...settings, display_errors: 'stderr' };
  const said = Object.entries(given).flatMap(([name, value]) => ['-d', `${name}=${value}`]);
  const child = spawn(program, [...fixed, ...said, script, ...args], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const printed: Buffer[] = [];
  const faults: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => faults.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const output = Buffer.concat(printed).toString();
  if (code !== 0) {
    // WordPress says its last words as a web page.
    const words = output.replace(/<style.*?<\/style>|<[^>]*>/gs, ' ').replace(/\s+/g, ' ');
    throw new Error(`PHP ended with ${code}: ${Buffer.concat(faults).toString()} ${words}`.slice(0, 2000));
  }
  return output;
}
