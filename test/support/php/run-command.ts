import { spawn } from 'node:child_process';

/** Runs a command to its end: all it printed, on either stream, and its exit code. It reads `input` where there is any. */
export function runCommand(
  [program, ...fixed]: [string, ...string[]],
  args: string[],
  input = '',
): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...fixed, ...args], { stdio: 'pipe' });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, text: Buffer.concat(chunks).toString() }));
  });
}
