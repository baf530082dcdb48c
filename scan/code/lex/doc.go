// Package lex has what the lexers of all languages share: identifiers, numbers in one normal form, escapes of strings,
// comments, and the signs of patterns. All functions are pure; offsets are bytes.
package lex
