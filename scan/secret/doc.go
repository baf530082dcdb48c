// Package secret finds leaked credentials in text: tokens of known providers, private keys, passwords in URLs, headers,
// connection strings and password files, and values assigned to secret-like names.
//
// Start with [New]; the [Detector] it gives is a scan.Detector. What it knows about each provider is data: the YAML
// files under rules/, whose form [Rule] describes. The work on a file is one pass of a case-folding automaton over the
// literals of all rules; whatever else runs (an expression, a parser, the value model) sees only a small window around
// a literal. The package never asks the network, and never looks at anything but the file it is given.
package secret
