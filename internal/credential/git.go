package credential

import "fmt"

// Git is a credential for git. It prints as nothing that is secret.
//
// Drop overwrites its bytes. Go cannot promise more: the environment of a git process is a copy, which ends with that
// process, and the garbage collector may have moved others.
type Git struct{ header []byte }

// NewGit takes over the value of the header Authorization; an empty one sends no credential.
func NewGit(authorization []byte) *Git { return &Git{authorization} }

// Authorization returns the value of the header; empty after Drop.
func (g *Git) Authorization() string { return string(g.header) }

// Drop forgets the credential.
func (g *Git) Drop() {
	clear(g.header)
	g.header = nil
}

// Format implements fmt.Formatter, so that no verb prints the credential.
func (g Git) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("credential for git")) }
