// Package key holds the matchers of private keys and signed tokens: PEM blocks, PuTTY files, members of a JSON Web Key, and
// JSON Web Tokens. Keys that a passphrase protects are not leaks.
package key
