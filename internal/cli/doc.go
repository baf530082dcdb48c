// Package cli is the command line: one file a command, flags that are the variables of package pipe, and the exit
// codes. [Run] is the whole program; it touches no global state, so that a test runs it in-process.
package cli
