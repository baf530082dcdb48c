// Package javascript is the front end for JavaScript and TypeScript, both with JSX: a parser by hand that takes any bytes, and its mode for
// patterns. The grammars are those of https://tc39.es/ecma262/, https://facebook.github.io/jsx/ and https://www.typescriptlang.org/docs/.
// Package tree says what a front end promises.
//
// What is one text in both languages makes one tree. The lexer reads on demand, because only the parser knows whether a slash divides or begins
// a regular expression, and where the text of JSX begins.
package javascript

import "github.com/sluice-scan/sluice/scan/code/tree"

// Dialect says what a file is written in.
type Dialect uint8

// The dialects.
const (
	// JavaScript is JavaScript with JSX. Types of Flow are read as far as TypeScript has them.
	JavaScript Dialect = iota
	// TypeScript has types, and no JSX: <T>x is a cast.
	TypeScript
	// TSX is TypeScript with JSX.
	TSX
)

// Language is the language of a dialect's trees.
func (d Dialect) Language() tree.Language {
	if d == JavaScript {
		return tree.JavaScript
	}
	return tree.TypeScript
}
