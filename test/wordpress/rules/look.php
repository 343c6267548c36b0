<?php
/**
 * Loads the plugin as WordPress would, only without WordPress, and prints a line for every fault: whatever PHP says of a
 * file, functions and constants that do not exist, calls with too few or too many arguments, callbacks that name nothing.
 * Of WordPress it reads the names alone. What the code itself asks for with function_exists() or defined() may be missing.
 *
 * look.php <folder of the plugin> <folder of WordPress>
 *
 * @package KeyBank
 */

error_reporting( -1 );
ini_set( 'display_errors', '1' );
ini_set( 'memory_limit', '512M' );

define( 'ABSPATH', '/' );
define( 'MORE', PHP_INT_MAX );
foreach ( array( 'MINUTE_IN_SECONDS', 'HOUR_IN_SECONDS', 'DAY_IN_SECONDS', 'WEEK_IN_SECONDS' ) as $constant ) {
	define( $constant, 1 );
}
/** Both do nothing, so that hooks are known but never called. */
function add_action() {}
function add_filter() {}

list( , $plugin, $wordpress ) = $argv;

$files = files_in( $plugin );
foreach ( $files as $file ) {
	require_once $file;
}
list( $functions, $constants ) = names_of_wordpress( $wordpress );
foreach ( $files as $file ) {
	look_at( substr( $file, strlen( $plugin ) + 1 ), file_get_contents( $file ), $functions, $constants );
}

function files_in( string $folder ): array {
	$found = array();
	foreach ( new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $folder, FilesystemIterator::SKIP_DOTS ) ) as $file ) {
		if ( $file->getExtension() === 'php' ) {
			$found[] = $file->getPathname();
		}
	}
	// The main file comes before its folder and says which of the others are loaded when.
	sort( $found );
	usort( $found, function ( $a, $b ) {
		return substr_count( $a, '/' ) - substr_count( $b, '/' );
	} );
	return $found;
}

/** @return array{array<string, int[]>, array<string, true>} The fewest and most arguments of each function; constants. */
function names_of_wordpress( string $folder ): array {
	$functions = array();
	$constants = array( 'ABSPATH' => true );
	foreach ( array( 'wp-includes', 'wp-admin/includes' ) as $part ) {
		foreach ( files_in( "$folder/$part" ) as $file ) {
			$text = file_get_contents( $file );
			preg_match_all( '/define\(\s*[\'"](\w+)[\'"]/', $text, $defined );
			$constants += array_fill_keys( $defined[1], true );
			$functions += functions_in( $text );
		}
	}
	// These are written by hand in wp-config.php.
	return array( $functions, $constants + array_fill_keys( array( 'DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_HOST' ), true ) );
}

/** @return array<string, int[]> Those outside of classes. The text may be without any line breaks. */
function functions_in( string $text ): array {
	$tokens = words_of( $text );
	$found  = array();
	foreach ( $tokens as $at => list( $kind, $word ) ) {
		if ( in_array( $kind, array( T_CLASS, T_INTERFACE, T_TRAIT ), true ) && $tokens[ $at - 1 ][1] !== '::' ) {
			$inside = 0; // Until its body is over.
		}
		$closed = ( $inside ?? null ) === 1 && $word === '}';
		$inside = isset( $inside ) ? $inside + in_array( $word, array( '{', '${' ), true ) - ( $word === '}' ) : null;
		if ( $closed ) {
			$inside = null;
		}
		$name = $tokens[ $at + 1 ][1] ?? '';
		$open = $name === '&' ? $at + 3 : $at + 2;
		if ( $kind !== T_FUNCTION || isset( $inside ) || $name === '(' ) {
			continue;
		}
		$counts = array( T_VARIABLE => 0, '=' => 0, T_ELLIPSIS => 0 );
		for ( $next = $open, $depth = 0; $depth > 0 || $next === $open; $next++ ) {
			list( $kind_of, $part ) = $tokens[ $next ];
			$depth += ( $part === '(' ) - ( $part === ')' );
			$key    = $kind_of === 0 ? $part : $kind_of;
			if ( isset( $counts[ $key ] ) ) {
				++$counts[ $key ];
			}
		}
		$found[ strtolower( $tokens[ $open - 1 ][1] ) ] = array( $counts[ T_VARIABLE ] - $counts['='] - $counts[ T_ELLIPSIS ], $counts[ T_ELLIPSIS ] ? MORE : $counts[ T_VARIABLE ] );
	}
	return $found;
}

/** @return array[] Kind, text and line of everything but blanks, comments and the text within quotes that hold variables. */
function words_of( string $text ): array {
	$words = array();
	$line  = 1;
	foreach ( token_get_all( $text ) as $token ) {
		$token = is_array( $token ) ? $token : array( 0, $token, $line );
		$line  = $token[2] + substr_count( $token[1], "\n" );
		if ( ! in_array( $token[0], array( T_WHITESPACE, T_COMMENT, T_DOC_COMMENT, T_ENCAPSED_AND_WHITESPACE, T_INLINE_HTML ), true ) ) {
			$words[] = $token;
		}
	}
	return $words;
}

function look_at( string $file, string $text, array $functions, array $constants ): void {
	$tokens = words_of( $text );
	preg_match_all( '/(?:function_exists|defined|is_callable)\(\s*(?:__NAMESPACE__ \. )?[\'"]\\\\?(\w+)[\'"]/', $text, $asked );
	foreach ( $tokens as $at => list( $kind, $word, $line ) ) {
		$before = $tokens[ $at - 1 ][1] ?? '';
		$after  = $tokens[ $at + 1 ][1] ?? '';
		if ( $kind === T_NS_C && $after === '.' && $tokens[ $at + 2 ][0] === T_CONSTANT_ENCAPSED_STRING ) {
			$name = trim( stripslashes( trim( $tokens[ $at + 2 ][1], '\'"' ) ), '\\' );
			if ( $name !== '' && ! function_exists( "KeyBank\\$name" ) && ! defined( "KeyBank\\$name" ) ) {
				complain( $file, $line, "there is no $name in this plugin" );
			}
			continue;
		}
		$own  = $before === '\\' ? '' : 'KeyBank\\';
		$prev = $before === '\\' ? ( $tokens[ $at - 2 ][1] ?? '' ) : $before;
		// A name with a path, as \WP_CLI\Utils\format_items(), is another's.
		$path = $after === '\\' || $before === '\\' && $tokens[ $at - 2 ][0] === T_STRING;
		if ( $path || $kind !== T_STRING || in_array( $word, $asked[1], true ) || in_array( strtolower( $prev ), array( '->', '::', 'function', 'new', 'const', 'use', 'namespace', 'class' ), true ) ) {
			continue;
		}
		if ( $after === '(' ) {
			$bounds = bounds( $own, $word, $functions );
			$given  = arguments( $tokens, $at + 1 );
			if ( $bounds === null ) {
				complain( $file, $line, "there is no function $word()" );
			} elseif ( $given !== null && ( $given < $bounds[0] || $given > $bounds[1] ) ) {
				$most = $bounds[1] === MORE ? ' or more' : ( $bounds[1] > $bounds[0] ? " to $bounds[1]" : '' );
				complain( $file, $line, "$word() is given $given arguments and takes $bounds[0]$most" );
			}
		} elseif ( $after !== '::' && preg_match( '/^[A-Z][A-Z0-9_]+$/', $word ) && ! defined( $own . $word ) && ! defined( $word ) && ! isset( $constants[ $word ] ) ) {
			complain( $file, $line, "there is no constant $word" );
		}
	}
}

/** The fewest and most arguments, or null where there is no such function. */
function bounds( string $own, string $name, array $functions ): ?array {
	foreach ( array( $own . $name, $name ) as $full ) {
		if ( isset( $functions[ strtolower( $full ) ] ) ) {
			return $functions[ strtolower( $full ) ];
		}
		if ( function_exists( $full ) && ! in_array( strtolower( $full ), get_defined_functions()['user'], true ) || function_exists( $full ) && strpos( $full, 'KeyBank\\' ) === 0 ) {
			$function = new ReflectionFunction( $full );
			return array( $function->getNumberOfRequiredParameters(), $function->isVariadic() ? MORE : $function->getNumberOfParameters() );
		}
	}
	return null;
}

/** How many, or null where a list is spread. */
function arguments( array $tokens, int $open ): ?int {
	$depth = 0;
	$count = 0;
	$empty = true;
	for ( $at = $open; isset( $tokens[ $at ] ); $at++ ) {
		$word = $tokens[ $at ][1];
		if ( in_array( $word, array( '(', '[', '{', '${', '#[' ), true ) ) {
			++$depth;
			$empty = $empty && $at === $open;
			continue;
		}
		if ( in_array( $word, array( ')', ']', '}' ), true ) && --$depth === 0 ) {
			return $count + ( $empty ? 0 : 1 );
		}
		if ( $depth === 1 && $word === '...' ) {
			return null;
		}
		$comma  = $depth === 1 && $word === ',';
		$count += $comma ? 1 : 0;
		$empty  = $comma;
	}
	return null;
}

function complain( string $file, int $line, string $what ): void {
	echo "$file:$line: $what\n";
}
