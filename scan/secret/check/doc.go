// Package check holds the offline checks: what the text of a credential says about itself by its checksum, its encoding or
// its structure. A check never asks the network.
package check
