// Package golang is the front end for Go: a parser by hand that takes any bytes, and its mode for patterns. The grammar is that of
// https://go.dev/ref/spec. Package tree says what a front end promises.
//
// A statement may stand where only declarations may, and the other way round: that costs nothing, and parts of files can be read.
package golang
