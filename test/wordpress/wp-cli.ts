import type { WordPress } from './support/wordpress.ts';

/** What a command printed, a line each, as `success: …`, `error: …`, `warning: …` or plain; and how it ended. */
export interface CliRun {
  lines: string[];
  text: string;
  code: number;
  /** The help text of the command, as WP-CLI reads it. */
  help: string;
}

/**
 * WP-CLI itself is a phar of its own site and is to be had from no registry; so the commands register with this stand-in
 * for its class, which is as strict as the real one: an error ends the command, a confirmation without --yes too.
 */
const STAND_IN = `
namespace WP_CLI\\Utils {
	function format_items( $format, $items, $fields ) {
		foreach ( $items as $item ) {
			$cells = array();
			foreach ( $fields as $field ) { $cells[] = $item[ $field ]; }
			\\WP_CLI::line( implode( ': ', $cells ) );
		}
	}
}
namespace {
	class WP_CLI_Ended extends \\Exception {}
	class WP_CLI {
		public static $commands = array();
		public static $lines = array();
		public static function add_command( $name, $callable ) {
			if ( ! is_callable( $callable ) ) { throw new \\RuntimeException( "$name cannot be called" ); }
			self::$commands[ $name ] = $callable;
		}
		public static function line( $text = '' ) { self::$lines[] = $text; }
		public static function log( $text ) { self::$lines[] = $text; }
		public static function success( $text ) { self::$lines[] = "success: $text"; }
		public static function warning( $text ) { self::$lines[] = "warning: $text"; }
		public static function error( $text ) { self::$lines[] = "error: $text"; throw new WP_CLI_Ended( '', 1 ); }
		public static function confirm( $question, $options = array() ) {
			if ( empty( $options['yes'] ) ) { self::$lines[] = "$question [y/n]"; throw new WP_CLI_Ended( '', 0 ); }
		}
	}
}`;

/** `wp keybank <name>` with its options, in a process of its own. */
export async function wp(
  wordpress: WordPress,
  name: string,
  options: Record<string, string | boolean> = {},
): Promise<CliRun> {
  const answer = await wordpress.php(`
    eval( ${php(STAND_IN)} );
    do_action( 'cli_init' );
    $command = \\WP_CLI::$commands[ ${php(`keybank ${name}`)} ] ?? null;
    if ( $command === null ) { throw new \\RuntimeException( 'there are only ' . implode( ', ', array_keys( \\WP_CLI::$commands ) ) ); }
    $code = 0;
    try {
      $command( array(), json_decode( ${php(JSON.stringify(options))}, true ) );
    } catch ( \\WP_CLI_Ended $end ) {
      $code = $end->getCode();
    }
    $help = ( new \\ReflectionFunction( $command ) )->getDocComment();
    return array( 'lines' => \\WP_CLI::$lines, 'code' => $code, 'help' => $help );`);
  const lines = read(answer, 'lines');
  const said = Array.isArray(lines) ? lines.map(String) : [];
  return {
    lines: said,
    text: said.join('\n'),
    code: Number(read(answer, 'code')),
    help: String(read(answer, 'help')),
  };
}

function read(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function php(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
