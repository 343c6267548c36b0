<?php
/**
 * SQL handed to wpdb is written in the source: whatever else gets into it goes through a placeholder. Stricter than
 * WordPress.DB.PreparedSQL in what it looks at ($GLOBALS['wpdb'] too), and it follows variables: one that was only ever
 * given literals, numbers, table names and other such variables is as good as a literal. Does not know one function's
 * variables from those of a closure in it; at worst it complains too often.
 *
 * @package KeyBank
 */

namespace KeyBank\Sniffs\DB;

use PHP_CodeSniffer\Files\File;
use PHP_CodeSniffer\Sniffs\Sniff;
use PHP_CodeSniffer\Util\Tokens;

require_once dirname( __DIR__, 2 ) . '/Tokens/WalksTokens.php';

class PreparedSqlSniff implements Sniff {
	use \KeyBank\Tokens\WalksTokens;

	/** @var string[] Functions that return a number or a table's name. One named …_sql is safe too: what it returns is looked at. */
	public $safeFunctions = array();
	/** @var string[] Functions that run their first parameter, $sql, as it comes. */
	public $sqlFunctions = array();

	/** Functions whose result is as safe as what goes in. */
	const TRANSPARENT = array( 'implode', 'array_fill', 'str_repeat', 'sprintf', 'array' );
	/** Those whose result is safe whatever goes in. */
	const CLEANERS = array( 'count', 'intval', 'absint', 'esc_sql' );
	const METHODS  = array( 'query', 'prepare', 'get_var', 'get_col', 'get_row', 'get_results' );
	const OPERATORS   = array( T_STRING_CONCAT, T_INLINE_THEN, T_INLINE_ELSE, T_COALESCE, T_OPEN_PARENTHESIS, T_CLOSE_PARENTHESIS, T_COMMA, T_DOUBLE_ARROW, T_OPEN_SHORT_ARRAY, T_CLOSE_SHORT_ARRAY, T_ARRAY, T_CONSTANT_ENCAPSED_STRING, T_LNUMBER, T_PLUS, T_MINUS, T_MULTIPLY, T_NULL, T_START_HEREDOC, T_END_HEREDOC, T_START_NOWDOC, T_END_NOWDOC, T_NOWDOC, T_NS_SEPARATOR );

	/** @var array<string, true> Variables being looked at, so that `$a = $a . 'x'` comes to an end. */
	private $looking = array();

	public function register() {
		return array( T_OBJECT_OPERATOR, T_STRING, T_RETURN );
	}

	public function process( File $file, $pointer ) {
		$this->file   = $file;
		$this->tokens = $file->getTokens();
		$name         = T_OBJECT_OPERATOR === $this->code( $pointer ) ? $this->next( $pointer ) : $pointer;
		$open         = $this->next( $name );
		if ( T_RETURN === $this->code( $pointer ) ) {
			$function = $this->function_around( $pointer );
			if ( null === $function || T_FUNCTION !== $this->code( $function[0] ) || substr( $this->text( $this->next( $function[0] ) ), -4 ) !== '_sql' ) {
				return;
			}
			$fault = $this->fault( $pointer + 1, $this->end_of_statement( $pointer ) );
		} else {
			$known = $name === $pointer ? $this->sqlFunctions : self::METHODS;
			$owner = $this->code( (int) $file->findPrevious( Tokens::$emptyTokens, $pointer - 1, null, true ) );
			if ( T_OPEN_PARENTHESIS !== $this->code( $open ) || T_FUNCTION === $owner || ! in_array( strtolower( $this->text( $name ) ), $known, true ) ) {
				return;
			}
			$fault = $this->fault( $open + 1, $this->end_of_argument( $open ) );
		}
		if ( null !== $fault ) {
			$file->addError( 'SQL must be literals, table names and placeholders; found %s', $name, 'NotPrepared', array( $fault ) );
		}
	}

	/** What is wrong with the expression between the two, or null. */
	private function fault( int $start, int $end ): ?string {
		for ( $at = $start; $at < $end; $at++ ) {
			$code = $this->code( $at );
			if ( isset( Tokens::$emptyTokens[ $code ] ) ) {
				continue;
			}
			$at   = $this->end_of_condition( $at, $end );
			$code = $this->code( $at );
			if ( T_FN === $code ) {
				$at = $this->tokens[ $at ]['scope_opener'];
			} elseif ( T_CLOSURE === $code ) {
				$close = $this->tokens[ $at ]['scope_closer'];
				for ( ; $at < $close; $at++ ) {
					$fault = T_RETURN === $this->code( $at ) ? $this->fault( $at + 1, $this->end_of_statement( $at ) ) : null;
					if ( null !== $fault ) {
						return $fault;
					}
				}
			} elseif ( T_INT_CAST === $code || T_DOUBLE_CAST === $code ) {
				$at = $this->end_of_operand( $this->next( $at ) );
			} elseif ( T_DOUBLE_QUOTED_STRING === $code || T_HEREDOC === $code ) {
				preg_match_all( '/(?<!\\\\)\{?\$\{?(\w+)/', $this->text( $at ), $names );
				foreach ( array_diff( $names[1], array( 'wpdb' ) ) as $name ) {
					if ( ! $this->is_safe( '$' . $name, $at ) ) {
						return '$' . $name;
					}
				}
			} elseif ( T_VARIABLE === $code ) {
				$fault = $this->fault_of_variable( $at );
				if ( null !== $fault ) {
					return $fault;
				}
				$at = $this->end_of_operand( $at );
			} elseif ( T_STRING === $code && T_OPEN_PARENTHESIS === $this->code( $this->next( $at ) ) ) {
				if ( 'array_map' === $this->text( $at ) ) {
					$open  = $this->next( $at );
					$first = $this->text( $this->next( $open ) );
					$fault = in_array( trim( $first, '\'"' ), self::CLEANERS, true ) ? null : ( '\'' === $first[0] ? $first : $this->fault( $open + 1, $this->end_of_argument( $open ) ) );
					if ( null !== $fault ) {
						return $fault;
					}
					$at = $this->end_of_operand( $at );
				} elseif ( in_array( $this->text( $at ), array_merge( self::CLEANERS, $this->safeFunctions ), true ) || '_sql' === substr( $this->text( $at ), -4 ) ) {
					$at = $this->end_of_operand( $at );
				} elseif ( ! in_array( $this->text( $at ), self::TRANSPARENT, true ) ) {
					return $this->text( $at ) . '()';
				}
			} elseif ( T_STRING !== $code && ! in_array( $code, self::OPERATORS, true ) ) {
				return $this->text( $at );
			}
		}
		return null;
	}

	private function fault_of_variable( int $at ): ?string {
		$name = $this->text( $at );
		if ( '$wpdb' === $name || ( '$GLOBALS' === $name && false !== strpos( $this->text( $at + 2 ), 'wpdb' ) ) ) {
			$arrow  = $this->file->findNext( T_OBJECT_OPERATOR, $at );
			$member = $this->next( $arrow );
			$called = T_OPEN_PARENTHESIS === $this->code( $this->next( $member ) );
			// What goes into prepare() is looked at when the sniff comes to it.
			return ! $called || in_array( $this->text( $member ), array( 'prepare', 'get_charset_collate' ), true ) ? null : '$wpdb->' . $this->text( $member ) . '()';
		}
		return $this->is_safe( $name, $at ) ? null : $name;
	}

	/** Whether everything that this function ever puts into the variable is safe. */
	private function is_safe( string $name, int $near ): bool {
		$function = $this->function_around( $near );
		if ( null === $function || isset( $this->looking[ $name ] ) ) {
			return isset( $this->looking[ $name ] );
		}
		$this->looking[ $name ] = true;
		$given                  = 0;
		try {
			list( $from, $to ) = $function;
			for ( $at = $from; $at < $to; $at++ ) {
				if ( T_VARIABLE !== $this->code( $at ) || $this->text( $at ) !== $name ) {
					continue;
				}
				$value = $this->value_given( $at );
				if ( null === $value ) {
					continue;
				}
				++$given;
				if ( array() === $value || null !== $this->fault( $value[0], $value[1] ) ) {
					return false;
				}
			}
		} finally {
			unset( $this->looking[ $name ] );
		}
		return $given > 0;
	}

	/** Where the expression is that is put into the variable here; empty for a parameter; null where it is only read. */
	private function value_given( int $at ): ?array {
		foreach ( array_reverse( $this->tokens[ $at ]['nested_parenthesis'] ?? array(), true ) as $open => $close ) {
			$owner = $this->file->findPrevious( Tokens::$emptyTokens, $open - 1, null, true );
			$kind  = $this->code( $owner );
			$outer = $this->file->findPrevious( Tokens::$emptyTokens, $owner - 1, null, true );
			if ( T_CLOSURE === $kind || T_FN === $kind || T_FUNCTION === $kind || T_FUNCTION === $this->code( $outer ) ) {
				// PHP itself sees to it that an int is one. The name of a parameter of these functions is checked where they are called.
				$type = $this->text( (int) $this->file->findPrevious( Tokens::$emptyTokens, $at - 1, null, true ) );
				$runs = '$sql' === $this->text( $at ) && in_array( strtolower( $this->text( $owner ) ), $this->sqlFunctions, true );
				return in_array( $type, array( 'int', 'float' ), true ) || $runs ? array( $at, $at ) : array();
			}
			if ( T_USE === $kind ) {
				return null;
			}
			if ( T_FOREACH === $kind ) {
				$as = $this->file->findNext( T_AS, $open, $close );
				return $at > $as ? array( $open + 1, $as ) : null;
			}
			if ( T_LIST === $kind && T_EQUAL === $this->code( $this->next( $close ) ) ) {
				$equal = $this->next( $close );
				return array( $equal + 1, $this->end_of_statement( $equal ) );
			}
		}
		$after = $this->next( $at );
		while ( T_OPEN_SQUARE_BRACKET === $this->code( $after ) ) {
			$after = $this->next( $this->tokens[ $after ]['bracket_closer'] );
		}
		return in_array( $this->code( $after ), array( T_EQUAL, T_CONCAT_EQUAL, T_COALESCE_EQUAL ), true ) ? array( $after + 1, $this->end_of_statement( $after ) ) : null;
	}
}
