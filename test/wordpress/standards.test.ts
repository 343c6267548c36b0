import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { findChecks, type Checks } from '../support/php/find-checks.ts';
import { runCommand } from '../support/php/run-command.ts';
import { say } from '../support/php/say.ts';
import { tempFolder } from '../support/temp-folder.ts';

const PLUGIN = fileURLToPath(new URL('../../wp-plugin', import.meta.url));
const RULES = fileURLToPath(new URL('./rules', import.meta.url));

/** Each a body of a function, with the one rule that must speak up. */
const FAULTS: [rule: string, body: string][] = [
  ['WordPress.Security.EscapeOutput', 'echo $a;'],
  ['WordPress.Security.EscapeOutput', `printf( '<b>%s</b>', get_option( 'keybank_home' ) );`],
  ['WordPress.Security.EscapeOutput', `esc_html( $a );\n\techo __( 'x', 'key-bank' );`],
  [
    'WordPress.Security.NonceVerification',
    `return isset( $_POST['x'] ) && update_option( 'keybank_x', 1 ) && $a;`,
  ],
  [
    'WordPress.Security.ValidatedSanitizedInput.InputNotSanitized',
    `check_admin_referer( 'x' );\n\treturn isset( $_POST['x'] ) ? wp_unslash( $_POST['x'] ) : $a;`,
  ],
  [
    'WordPress.Security.ValidatedSanitizedInput.MissingUnslash',
    `check_admin_referer( 'x' );\n\treturn isset( $_POST['x'] ) ? sanitize_text_field( $_POST['x'] ) : $a;`,
  ],
  ['WordPress.Security.SafeRedirect', 'wp_redirect( $a );'],
  ['WordPress.PHP.NoSilencedErrors', 'return @unlink( $a );'],
  ['WordPress.PHP.DontExtract', 'extract( $a );'],
  ['WordPress.PHP.DevelopmentFunctions', 'var_dump( $a );'],
  ['WordPress.PHP.DiscouragedPHPFunctions', 'return unserialize( $a );'],
  ['WordPress.PHP.DiscouragedPHPFunctions', 'return shell_exec( $a );'],
  ['WordPress.PHP.StrictComparisons', `return $a == 'x';`],
  ['WordPress.PHP.StrictInArray', 'return in_array( $a, array( 1 ) );'],
  ['WordPress.CodeAnalysis.AssignmentInCondition', 'if ( $b = $a ) {\n\t\treturn $b;\n\t}'],
  ['WordPress.WP.GlobalVariablesOverride', "$GLOBALS['post'] = $a;"],
  ['WordPress.WP.I18n.TextDomainMismatch', `return __( 'x', 'other' ) . $a;`],
  ['WordPress.WP.I18n.MissingTranslatorsComment', `return sprintf( __( '%s x', 'key-bank' ), $a );`],
  ['WordPress.NamingConventions.PrefixAllGlobals', `return apply_filters( 'the_url', $a );`],
  ['WordPress.WhiteSpace.OperatorSpacing', 'return $a+1;'],
  ['PEAR.Functions.FunctionCallSignature', 'return trim($a);'],
  ['Generic.WhiteSpace.DisallowSpaceIndent', '    return $a;'],
  ['Generic.PHP.BacktickOperator', 'return `ls $a`;'],
  ['Generic.CodeAnalysis.UnusedFunctionParameter', 'return 1;'],
  ['Squiz.PHP.Eval', 'eval( $a );'],
  ...[
    `$wpdb->query( "DELETE FROM x WHERE a = $a" );`,
    `$GLOBALS['wpdb']->get_var( 'SELECT 1 FROM ' . $a );`,
    `$b = 'a = ' . $a;\n\t$wpdb->query( "DELETE FROM x WHERE $b" );`,
    `foreach ( array( 1, $a ) as $b ) {\n\t\t$wpdb->query( 'DELETE FROM x WHERE a = ' . $b );\n\t}`,
    `$wpdb->query( 'SELECT ' . ( $a ? 'b' : $a ) );`,
    `$wpdb->query( $wpdb->prepare( "SELECT %s FROM \${a}x", 'x' ) );`,
    `$wpdb->get_col( 'SELECT ' . esc_html( $a ) );`,
    `$wpdb->get_col( implode( ',', array_map( 'trim', $a ) ) );`,
    `return quiet_rows( 'SELECT ' . $a );`,
    `return fetch( fn(): string => "SELECT $a" );`,
    `return fetch( function () use ( $a ) {\n\t\treturn "SELECT $a";\n\t} );`,
    `$wpdb->query( 'SELECT ' . of_sql( 1 ) );\n}\n\nfunction of_sql( string $a ): string {\n\treturn "SELECT $a";`,
    `list( $b ) = explode( ',', $a );\n\t$wpdb->get_row( "SELECT $b" );`,
  ].map((body): [string, string] => ['KeyBank.DB.PreparedSql', `global $wpdb;\n\t${body}`]),
];

/** SQL that is put together of harmless parts, and the shapes that look like faults. */
const FINE = `global $wpdb;
	$marks = implode( ',', array_fill( 0, count( $a ), '%d' ) );
	$where = $a ? 'b = 1' : 'c = 1';
	$where .= " AND d = {$wpdb->prefix}e";
	foreach ( array( 'x' => 'y' ) as $column => $kind ) {
		$wpdb->query( "UPDATE {$wpdb->posts} SET $column = '$kind' WHERE $where LIMIT " . (int) $a[0] );
	}
	$ranges = array_map( fn( int $from ): string => "id > $from", $a );
	fetch( fn(): string => 'SELECT ' . implode( ' OR ', $ranges ) . ' FROM ' . bookings() . ' WHERE ' . some_sql( 5 ) );
	quiet_rows( 'SELECT 1 WHERE id IN (' . implode( ',', array_map( 'intval', $a ) ) . ')' );
	echo esc_html( $a[1] ), '<br>', (int) $a[2];
	return $wpdb->get_col( $wpdb->prepare( 'SELECT id FROM ' . outbox() . " WHERE $where AND f = %d AND id IN ($marks)", $a ) );
}

function some_sql( int $id ): string {
	return "id = $id AND " . ( $id > 0 ? 'true' : 'false' );
}

function quiet_rows( string $sql ): array {
	return $GLOBALS['wpdb']->get_results( $sql );`;

let checks: Checks;
beforeAll(async () => {
  checks = await findChecks(say);
}, 600_000);

describe('the WordPress Coding Standards', () => {
  it('have nothing to say of the plugin', async () => {
    expect(await phpcs(PLUGIN)).toEqual([]);
  });

  it('would find each of these', async () => {
    const folder = await tempFolder('phpcs');
    const file = (index: number) => join(folder, `file-${index}.php`);
    await Promise.all(
      [FINE, ...FAULTS.map((fault) => fault[1])].map((body, index) => writeFile(file(index), source(body))),
    );
    const found = await phpcs(folder);
    const of = (index: number) => found.filter((line) => line.startsWith(`${file(index)}:`)).join('\n');
    expect(of(0)).toBe('');
    for (const [index, [rule, body]] of FAULTS.entries()) expect(of(index + 1), body).toContain(`(${rule}`);
  });
});

describe('PHPMD', () => {
  it('finds nothing in the plugin that is unused or unset', async () => {
    expect(await phpmd(PLUGIN)).toEqual([]);
  });

  it.each([
    ['UnusedLocalVariable', '$b = $a;'],
    ['UndefinedVariable', 'return $a . $b;'],
    ['DuplicatedArrayKey', `return array( 'x' => 1, 'x' => $a );`],
    ['EmptyCatchBlock', 'try {\n\t\t$a();\n\t} catch ( \\Exception $e ) {\n\t}'],
  ])('would find this: %s', async (rule, body) => {
    const folder = await tempFolder('phpmd');
    await writeFile(join(folder, 'file.php'), source(body));
    expect((await phpmd(folder)).join('\n')).toContain(rule);
  });
});

function source(body: string): string {
  const head = '<?php\n/**\n * File.\n *\n * @package KeyBank\n */\n\nnamespace KeyBank;\n\n';
  return `${head}function example( $a ) {\n${body.startsWith(' ') ? '' : '\t'}${body}\n}\n`;
}

/** One line for each finding. */
async function phpcs(folder: string): Promise<string[]> {
  const args = [`--standard=${join(RULES, 'phpcs.xml')}`, folder];
  return lines(await runCommand(checks.phpcs, args), [0, 1, 2]);
}

async function phpmd(folder: string): Promise<string[]> {
  return lines(await runCommand(checks.phpmd, [folder, 'text', join(RULES, 'phpmd.xml')]), [0, 2]);
}

/** A linter that breaks off finds nothing: its exit code tells. */
function lines({ code, text }: { code: number | null; text: string }, codes: number[]): string[] {
  if (code === null || !codes.includes(code)) throw new Error(`exit code ${code}: ${text.slice(-2000)}`);
  const found = text.split('\n').filter((line) => line.trim() !== '');
  if ((code === 0) !== (found.length === 0)) throw new Error(`exit code ${code}, but: ${text.slice(-2000)}`);
  return found;
}
