// Package json is the front end for JSON: a parser by hand that takes any bytes, and its mode for patterns. The grammar is that
// of https://www.rfc-editor.org/rfc/rfc8259, with what tools accept besides: comments, commas at the end, single quotes and
// names without quotes. Package tree says what a front end promises.
//
// An object is an Object of Pairs, an array an Array. A name without quotes is a String as a key and a Name as a value.
// Documents may follow one another.
package json
