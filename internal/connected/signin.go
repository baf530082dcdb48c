package connected

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/datacenter"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/rights"
)

// signInTime limits the questions at a sign-in: people wait for them.
const signInTime = 30 * time.Second

// Ways are the ways to sign in at the Bitbuckets whose connections want that, by the names of the connections. Bitbucket Cloud
// needs a Consumer, too.
func (s *Set) Ways() (list []access.Way) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.rows {
		r := &s.rows[i]
		x, err := ParseSettings(r.Settings)
		if err != nil || !x.SignIn {
			continue
		}
		if x.Cloud() {
			if s.o.Consumer != nil {
				list = append(list, access.Way{ID: wayOf(r.Name), Title: "Bitbucket " + x.workspace(), Admission: access.Admission{Create: true}, Provider: &cloudWay{s, r.ID, x.workspace()}})
			}
			continue
		}
		list = append(list, access.Way{ID: wayOf(r.Name), Title: "Bitbucket " + hostOf(x.URL), Admission: access.Admission{Create: true}, Asker: &asker{s, r.ID, r.Name}})
	}
	return list
}

// wayOf is the id of the way to sign in by a connection.
func wayOf(name string) string { return "bitbucket-" + name }

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return ""
}

// asker asks the Bitbucket of a connection who somebody is.
type asker struct {
	set  *Set
	id   int64
	name string
}

// Ask implements access.Asker. It asks Bitbucket as the user; the secret is used for that and forgotten. Only a token is
// kept, sealed, if the person wants it.
func (a *asker) Ask(ctx context.Context, name, secret string, keep bool) (*access.Person, error) {
	ctx, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	row, s, err := a.set.signs(a.id)
	if err != nil {
		return nil, &access.UnavailableError{Err: err}
	}
	given := Credential{User: name, Secret: secret}
	if given.Check() != nil {
		return nil, &access.WrongError{}
	}
	client, err := a.set.o.asUser(s, given)
	if err != nil {
		return nil, &access.UnavailableError{Err: err}
	}
	who, err := datacenter.Self(ctx, client)
	if err != nil {
		return nil, refusedUser(err)
	}
	if name != "" && !strings.EqualFold(name, who.Name) {
		return nil, &access.WrongError{}
	}
	may, err := datacenter.RightsOfSelf(ctx, client)
	if err != nil {
		return nil, refusedUser(err)
	}
	token := ""
	if keep && a.set.isToken(ctx, s, secret, who) {
		token = secret
	}
	return &access.Person{
		Identity: accounts.Identity{Issuer: s.URL, Subject: strconv.Itoa(who.ID)}, Names: []string{who.Name},
		Settle: func(ctx context.Context, account int64) error {
			x := &rights.Account{Account: account, Connection: row.ID, Name: who.Name, Subject: strconv.Itoa(who.ID)}
			if token != "" {
				x.Token = a.set.o.Box.Seal(token, rights.Place(account, row.ID))
			} else if err := a.set.o.Store.Rights.DropToken(ctx, account); err != nil {
				return err
			}
			return a.set.o.Store.Rights.Save(ctx, x, rightsOf(may))
		},
	}, nil
}

// refusedUser says to package access why Bitbucket does not identify a person.
func refusedUser(err error) error {
	switch {
	case errors.Is(err, bitbucket.ErrCredential), errors.Is(err, bitbucket.ErrForbidden):
		return &access.WrongError{}
	case errors.Is(err, datacenter.ErrNobody):
		return &access.NotAdmittedError{Text: "This token belongs to a project or a repository, and to nobody. Sign in with your password, or with a token that you made in your own account.", Reason: "the token belongs to no user"}
	case errors.Is(err, datacenter.ErrNoUser):
		return &access.NotAdmittedError{Text: "Bitbucket does not list you as an active user. Ask an administrator of Bitbucket.", Reason: "the user is not active"}
	}
	return &access.UnavailableError{Err: err}
}

// isToken reports whether a secret is a token of a person, and no password: Bitbucket takes a token without a name.
func (s *Set) isToken(ctx context.Context, x *Settings, secret string, who datacenter.Person) bool {
	client, err := s.o.asUser(x, Credential{Secret: secret})
	if err != nil {
		return false
	}
	self, err := datacenter.Self(ctx, client)
	return err == nil && self.ID == who.ID
}

// asUser returns a client with the credential of a person.
func (a *Admin) asUser(s *Settings, c Credential) (*bitbucket.Client, error) {
	// Its limits are its own: Bitbucket limits each user by itself. A person does not wait long.
	return a.clientWith(s, c.source(s), &bitbucket.Limits{Rate: defaultRate, Burst: defaultBurst, Park: 5 * time.Second})
}

var errNoSignIn = errors.New("people no longer sign in by this connection")

// signs returns a connection by which people sign in.
func (s *Set) signs(id int64) (*connections.Remote, *Settings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.rows, func(r connections.Remote) bool { return r.ID == id })
	if i < 0 {
		return nil, nil, errNoSignIn
	}
	row := s.rows[i]
	x, err := ParseSettings(row.Settings)
	if err == nil && !x.SignIn {
		err = errNoSignIn
	}
	return &row, &x, err
}
