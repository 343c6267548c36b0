<?php
/**
 * Where an operand, an argument, a statement or a function ends, in a file as PHP_CodeSniffer has cut it up.
 *
 * @package KeyBank
 */

namespace KeyBank\Tokens;

use PHP_CodeSniffer\Files\File;
use PHP_CodeSniffer\Util\Tokens;

trait WalksTokens {

	/** @var File */
	private $file;
	/** @var array[] */
	private $tokens;

	/** The question mark of `a ? b : c`, if one follows: what decides does not get into the SQL. Else the same place. */
	private function end_of_condition( int $at, int $end ): int {
		for ( $next = $at; $next < $end; $next++ ) {
			$code = $this->code( $next );
			if ( T_INLINE_THEN === $code ) {
				return T_INLINE_ELSE === $this->code( $this->next( $next ) ) ? $at : $next;
			}
			if ( in_array( $code, array( T_STRING_CONCAT, T_COMMA, T_CLOSE_PARENTHESIS, T_INLINE_ELSE, T_SEMICOLON ), true ) ) {
				return $at;
			}
			$next = T_OPEN_PARENTHESIS === $code ? $this->tokens[ $next ]['parenthesis_closer'] : $next;
		}
		return $at;
	}

	/** @return int[]|null Where the outermost function around the token starts and ends, its parameters included. */
	private function function_around( int $at ): ?array {
		foreach ( $this->tokens[ $at ]['conditions'] as $owner => $kind ) {
			if ( in_array( $kind, array( T_FUNCTION, T_CLOSURE ), true ) ) {
				return array( $owner, $this->tokens[ $owner ]['scope_closer'] );
			}
		}
		return null;
	}

	/** The last token of a variable with its members, or of a call. */
	private function end_of_operand( int $at ): int {
		if ( T_OPEN_PARENTHESIS === $this->code( $at ) ) {
			return $this->tokens[ $at ]['parenthesis_closer'];
		}
		for ( ; ; ) {
			$next = $this->next( $at );
			if ( T_OPEN_SQUARE_BRACKET === $this->code( $next ) ) {
				$at = $this->tokens[ $next ]['bracket_closer'];
			} elseif ( T_OPEN_PARENTHESIS === $this->code( $next ) ) {
				$at = $this->tokens[ $next ]['parenthesis_closer'];
			} elseif ( T_OBJECT_OPERATOR === $this->code( $next ) ) {
				$at = $this->next( $next );
			} else {
				return $at;
			}
		}
	}

	private function end_of_argument( int $open ): int {
		$close = $this->tokens[ $open ]['parenthesis_closer'];
		for ( $at = $open + 1; $at < $close; $at++ ) {
			if ( T_COMMA === $this->code( $at ) ) {
				return $at;
			}
			$at = $this->tokens[ $at ]['parenthesis_closer'] ?? $this->tokens[ $at ]['bracket_closer'] ?? $at;
		}
		return $close;
	}

	/** Also the `)` of a condition that holds an assignment. */
	private function end_of_statement( int $at ): int {
		$nested = $this->tokens[ $at ]['nested_parenthesis'] ?? array();
		$end    = $this->file->findNext( T_SEMICOLON, $at );
		return $nested ? min( $end, end( $nested ) ) : $end;
	}

	private function next( int $at ): int {
		return (int) $this->file->findNext( Tokens::$emptyTokens, $at + 1, null, true );
	}

	/** @return int|string */
	private function code( int $at ) {
		return $this->tokens[ $at ]['code'];
	}

	private function text( int $at ): string {
		return $this->tokens[ $at ]['content'];
	}
}
