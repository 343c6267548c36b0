import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

/** What the hooks run. The rest waits for `shutdown`, and where the host can finish a request early, for the answer. */
const IN_REQUEST = new URL('../../wp-plugin/key-bank/wake.php', import.meta.url);

describe('what the hooks run inside a booking request', () => {
  it('is less than 100 lines of code', async () => {
    expect(codeLines(await readFile(IN_REQUEST, 'utf8')).length).toBeLessThan(100);
  });

  it('asks neither the database nor the network', async () => {
    const code = codeLines(await readFile(IN_REQUEST, 'utf8')).join('\n');
    expect(code).not.toMatch(/->(query|get_\w+|insert|update|prepare)\(|wp_remote_|\b(fopen|curl_\w+)\(/);
  });

  it('counts code, not comments', () => {
    const php = '<?php\n/**\n * Why.\n */\n\n// more\nfunction a(): void {\n\tb(); // there\n}\n';
    expect(codeLines(php)).toEqual(['<?php', 'function a(): void {', '\tb(); // there', '}']);
  });
});

function codeLines(php: string): string[] {
  return php.split('\n').filter((line) => !/^\s*(\*|\/\*|\/\/|$)/.test(line));
}
