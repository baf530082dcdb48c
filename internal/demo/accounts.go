package demo

import (
	"context"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
)

// Admin and Developer are the accounts of the demo that people sign in with: one may do everything, the other writes to PAY/api and reads
// SHOP.
const (
	Admin     = "admin"
	Developer = "dana"
)

// AddAccounts adds the accounts of the demo. hashed are the hashes of the passwords of Admin and Developer; nobody else can sign in.
func AddAccounts(ctx context.Context, st *store.Store, hashed map[string]string) error {
	for _, a := range []struct {
		name, email string
		grants      map[string]accounts.Role
	}{
		{Admin, "admin@example.com", nil},
		{Developer, "dana.kowalski@example.com", map[string]accounts.Role{"PAY/api": accounts.RoleWrite}},
		{"jdoe", "jane.doe@example.com", map[string]accounts.Role{"PAY": accounts.RoleProjectAdmin, "~jdoe": accounts.RoleProjectAdmin}},
		{"mlin", "mei.lin@example.com", map[string]accounts.Role{"": accounts.RoleGrantee, "SHOP": accounts.RoleWrite}},
		{"ohaddad", "omar.haddad@example.com", map[string]accounts.Role{"DATA": accounts.RoleWrite}},
	} {
		id, err := st.Accounts.Add(ctx, &accounts.Account{Name: a.name, Email: a.email, Password: hashed[a.name], Admin: a.name == Admin})
		if err != nil {
			return err
		}
		for place, role := range a.grants {
			if err := st.Accounts.Grant(ctx, id, place, role); err != nil {
				return err
			}
		}
	}
	for group, members := range map[string][]string{"shop-readers": {Developer, "jdoe", "ohaddad"}, "security": {"mlin"}} {
		if err := st.Accounts.SetGroup(ctx, group, members); err != nil {
			return err
		}
	}
	if err := st.Accounts.GrantGroup(ctx, "shop-readers", "SHOP", accounts.RoleRead); err != nil {
		return err
	}
	return st.Accounts.GrantGroup(ctx, "security", "PAY", accounts.RoleRead)
}
