package serve

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/sluice-scan/sluice/internal/variable"
)

// credentialVariable holds a credential for `connection add`. There is no flag for it: others see the arguments of a process.
const credentialVariable = "SLUICE_CONNECTION_CREDENTIAL"

// maxCredential limits a credential, in bytes.
const maxCredential = 64 << 10

// credential reads a credential from a file, if one is named, else from its variable, else from standard input.
func (r *commands) credential(file string) (string, error) {
	if file == "" {
		if text, _ := r.Getenv(credentialVariable); strings.TrimSpace(text) != "" {
			return strings.TrimSpace(text), nil
		}
		return r.secret()
	}
	f, err := os.Open(file)
	if err != nil {
		return "", &variable.UsageError{Err: fmt.Errorf("--credential-file: %w", err)}
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxCredential))
	if err == nil && strings.TrimSpace(string(text)) == "" {
		err = &variable.UsageError{Err: errors.New("--credential-file: the file is empty")}
	}
	return strings.TrimSpace(string(text)), err
}

// secret reads a credential from standard input, without showing it on a terminal.
func (r *commands) secret() (string, error) {
	if file, ok := r.Stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		_, _ = io.WriteString(r.Stderr, "Credential: ")
		text, err := term.ReadPassword(int(file.Fd()))
		_, _ = io.WriteString(r.Stderr, "\n")
		return strings.TrimSpace(string(text)), err
	}
	line, err := bufio.NewReader(io.LimitReader(r.Stdin, maxCredential)).ReadString('\n')
	line = strings.TrimSpace(line)
	if line == "" {
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return "", &variable.UsageError{Err: errors.New("there is no credential on standard input: pass it as `sluice connection add NAME URL < token`, in a file or in " + credentialVariable)}
	}
	return line, nil
}
