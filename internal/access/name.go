package access

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	// minPassword is in characters. maxPassword is in bytes and limits what is hashed.
	minPassword = 12
	maxPassword = 1024
)

// accountName has no colon, because a colon ends the name in Basic authentication.
var accountName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{0,99}$`) })

// CheckName returns an error that says what is wrong with the name of an account or a group, in lower case.
func CheckName(name string) error {
	if !accountName().MatchString(name) {
		return errors.New("it must consist of letters, digits and . _ @ + -, and begin with a letter or digit")
	}
	return nil
}

// CheckNewPassword returns an error that says what is wrong with a new password for the account with a name. It never
// quotes the password.
func CheckNewPassword(name, password string) error {
	switch {
	case utf8.RuneCountInString(password) < minPassword || len(password) > maxPassword:
		return fmt.Errorf("it must have at least %d characters, and at most %d bytes", minPassword, maxPassword)
	case strings.Contains(strings.ToLower(password), name) && len(password) < len(name)+minPassword:
		return errors.New("it must differ from the name by more than a few characters")
	case strings.HasPrefix(password, TokenPrefix):
		return errors.New("it must not start like an API token")
	}
	return nil
}
