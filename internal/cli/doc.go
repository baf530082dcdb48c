// Package cli is the command line: one file for each command, flags that correspond to the variables of package pipe,
// and the exit codes. [Run] is the whole program. It uses no global state, so tests can run it in-process.
package cli
