// Package secret finds leaked credentials in text: tokens of known providers, private keys, passwords in URLs, headers,
// connection strings and password files, and values of names that promise a secret.
//
// Start with [New]; its [Detector] is a scan.Detector. What it knows about each provider is data: the YAML files in
// builtin/rules, whose form [Rule] describes. One pass of a case-folding automaton over a file finds the literals of all
// rules. Each hit wakes expressions (package pattern) and matchers (packages guess, login, key and decode), which read a
// bounded window around it. What they emit is resolved in package found.
//
// The package never asks the network, and looks at nothing but the file that it gets.
package secret
