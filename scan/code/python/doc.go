// Package python is the front end for Python: versions 3.0 to 3.14, and of version 2 what is cheap (print, exec, except
// with a comma, backticks, <>). Start with [Parse] and [ParsePattern]. Package tree says what a front end promises.
//
// The grammar is that of https://docs.python.org/3/reference/grammar.html, read by recursive descent over an array of
// tokens.
package python
