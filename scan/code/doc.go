// Package code is the detector for insecure code. Start with [New].
//
// It runs rules in semgrep's format (package rule) on the files of the languages that have a front end, and rules for
// text of any kind on every file. A filter of literals ends most files before they are parsed. What needs data that
// arrives somewhere is followed through the functions of a file (package flow).
//
// A file is judged by its path and content alone. Whatever the detector cannot look at becomes a note: languages without
// a front end, files that are left out, files that parse in part, rules that ran out of steps.
package code
