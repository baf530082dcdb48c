package access

import (
	"context"
	"net/mail"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/accounts"
)

// AccountChange is a change of an account. A nil field stays.
type AccountChange struct {
	Password, Email *string
	Admin, Disabled *bool
}

// Check says what is wrong with a change of the account with a name, in the fields "password" and "email".
func (b *AccountChange) Check(name string) (bad Problems) {
	if b.Password != nil {
		bad.add("password", CheckNewPassword(name, *b.Password))
	}
	if b.Email != nil && *b.Email != "" {
		if address, err := mail.ParseAddress(*b.Email); err != nil || address.Address != *b.Email {
			bad.addf("email", "it must be an address such as jdoe@example.com")
		}
	}
	return bad
}

// apply changes an account and says what changed, without values.
func (b *AccountChange) apply(a *accounts.Account, hash string) string {
	var changed []string
	if b.Password != nil {
		a.Password, changed = hash, append(changed, "password")
	}
	if b.Email != nil {
		a.Email, changed = *b.Email, append(changed, "email")
	}
	if b.Admin != nil {
		a.Admin, changed = *b.Admin, append(changed, "admin="+strconv.FormatBool(*b.Admin))
	}
	if b.Disabled != nil {
		a.Disabled, changed = *b.Disabled, append(changed, "disabled="+strconv.FormatBool(*b.Disabled))
	}
	return strings.Join(changed, " ")
}

// hash hashes the new password; "" if it stays. Do it before a transaction, because it is slow.
func (b *AccountChange) hash() string {
	if b.Password == nil {
		return ""
	}
	return HashPassword(*b.Password)
}

// NewAccount makes an account that is not stored yet, and a note for the audit log. A new account is not disabled. The account is nil if
// something is wrong, in the fields "name", "password" and "email".
func NewAccount(name string, b AccountChange) (a *accounts.Account, note string, bad Problems) {
	name = strings.ToLower(name)
	bad.add("name", CheckName(name))
	if b.Password == nil {
		bad.addf("password", "it is missing")
	}
	if bad = append(bad, b.Check(name)...); bad != nil {
		return nil, "", bad
	}
	b.Disabled = nil
	a = &accounts.Account{Name: name}
	note = name + " " + b.apply(a, b.hash())
	return a, note, nil
}

// Editor changes accounts; see [accounts.Accounts.Edit].
type Editor interface {
	Edit(ctx context.Context, name string, edit func(a *accounts.Account) error) error
}

// ChangeAccount changes an account by a change that Check has seen. It returns the account as it is now, and a note for the audit log.
// The error is db.ErrNotFound for an unknown account, and accounts.ErrLastAdmin if no administrator could sign in any longer.
func ChangeAccount(ctx context.Context, s Editor, name string, b AccountChange) (changed accounts.Account, note string, err error) {
	hash := b.hash()
	err = s.Edit(ctx, strings.ToLower(name), func(a *accounts.Account) error {
		note = b.apply(a, hash)
		changed = *a
		return nil
	})
	return changed, note, err
}

const (
	// maxMembers limits the size of a group. maxProvider limits the name of a provider's group, in bytes.
	maxMembers  = 10_000
	maxProvider = 255
)

// CheckGroup says what is wrong with a group, in the fields "group", "members" and "providerGroup". name is in lower case. members and
// provider are nil when they stay.
func CheckGroup(name string, members []string, provider *string) (bad Problems) {
	bad.add("group", CheckName(name))
	if len(members) > maxMembers {
		bad.addf("members", "a group has at most %d", maxMembers)
	}
	if members == nil && provider == nil {
		bad.addf("members", "give the members, or a providerGroup")
	}
	if provider != nil && len(*provider) > maxProvider {
		bad.addf("providerGroup", "it has at most %d bytes", maxProvider)
	}
	return bad
}
