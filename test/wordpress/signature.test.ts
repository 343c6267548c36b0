import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findPhp, PHP_VERSIONS, type Php } from '../support/php/find-php.ts';
import { runCommand } from '../support/php/run-command.ts';
import { say } from '../support/php/say.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const VECTORS = path('../fixtures/signature-vectors.json');
const Vectors = z.array(z.looseObject({ name: z.string(), body: z.string(), signature: z.string() })).min(1);

/** Signs each vector of its standard input, as the plugin does when it posts. */
const SIGN = `
define( 'ABSPATH', '/' );
require $argv[1];
foreach ( json_decode( stream_get_contents( STDIN ), true ) as $vector ) {
  $made[ $vector['name'] ] = KeyBank\\sign( $vector['secret'], $vector['id'], $vector['timestamp'], $vector['body'] );
}
echo json_encode( $made );`;

describe.each(PHP_VERSIONS)('signatures made by PHP %s', (version) => {
  let php: Php;
  beforeAll(async () => {
    php = await findPhp(version, say);
  }, 600_000);

  it('are the ones that the server makes', async () => {
    const vectors = Vectors.parse(JSON.parse(await readFile(VECTORS, 'utf8')));
    const expected = vectors.map(({ name, signature }) => [name, signature]);
    expect(await sign(php, vectors)).toEqual(Object.fromEntries(expected));
    const altered = vectors.map((vector) => ({ ...vector, body: `${vector.body} ` }));
    for (const [name, signature] of Object.entries(await sign(php, altered))) {
      expect(expected).not.toContainEqual([name, signature]);
    }
  });
});

async function sign(php: Php, vectors: z.infer<typeof Vectors>): Promise<Record<string, string>> {
  const args = ['-r', SIGN, path('../../wp-plugin/key-bank/send.php')];
  const { text } = await runCommand(php.cli, args, JSON.stringify(vectors));
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`PHP said: ${text.slice(0, 1000)}`, { cause });
  }
}
