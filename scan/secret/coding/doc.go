// Package coding decodes the ways in which files write text down: base64, hexadecimal, percent encoding, escapes, entities
// and quoted-printable.
//
// [Text] is a decoded text that knows, for every byte, where in the file it comes from, so that a credential in it can be
// reported at its place. [Runs] finds base64 and hexadecimal in a file. The package knows nothing of credentials.
package coding
