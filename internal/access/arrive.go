package access

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
)

const (
	// maxSubject is what OpenID Connect allows (https://openid.net/specs/openid-connect-core-1_0.html#IDToken), in bytes.
	maxSubject = 255
	// maxGroupName and maxGroups bound what is read of a provider's groups.
	maxGroupName = 255
	maxGroups    = 5000
	// maxEmail is what mail servers allow (RFC 5321, 4.5.3.1.3), in bytes.
	maxEmail = 254
)

// Arrive signs in somebody whom a provider has identified. It finds the account by issuer and subject, or creates it, and takes over what the
// provider decides; the audit log records that, and each refusal with its reason. address is where the browser is. The error is a
// [NotAdmittedError], or one of the store.
func (c *Control) Arrive(ctx context.Context, w *Way, p *Person, address string) (*Caller, error) {
	who, err := w.admit(p)
	var done *accounts.Arrived
	if err == nil {
		done, err = c.accounts.Arrive(ctx, who)
		err = refusalOf(err, who)
	}
	if err != nil {
		c.NotAdmitted(ctx, w, p, address, err)
		return nil, err
	}
	if err := c.recordArrival(ctx, w, who, done); err != nil {
		return nil, err
	}
	if p.Settle != nil {
		if err := p.Settle(ctx, done.Account.ID); err != nil {
			return nil, err
		}
	}
	return c.caller(ctx, done.Account, nil)
}

// Ask signs in somebody by what the person types at a way that has an Asker. Wrong secrets are counted and slowed down as
// passwords are. The error is a [WrongError], a [NotAdmittedError], an [UnavailableError], a [WaitError], or one of the store.
func (c *Control) Ask(ctx context.Context, w *Way, given Credentials, keep bool) (*Caller, error) {
	var person *Person
	var problem error
	right, wrong, err := c.guard.try(ctx, w.ID+":"+given.Name, given.Address, c.options.Now, c.options.Sleep, func() bool {
		person, problem = w.Asker.Ask(ctx, given.Name, given.Secret, keep)
		var no *WrongError
		return !errors.As(problem, &no)
	})
	switch {
	case err != nil:
		return nil, err
	case !right:
		c.Refused(ctx, &audit.Event{Actor: w.ID, Action: "sign-in.failed", Detail: fmt.Sprintf("%d wrong in a row for %s from %s", wrong, printable(given.Name), given.Address)})
		return nil, &WrongError{}
	case problem != nil:
		c.NotAdmitted(ctx, w, nil, given.Address, problem)
		return nil, problem
	}
	return c.Arrive(ctx, w, person, given.Address)
}

// NotAdmitted records that somebody could not sign in by a way. p is nil before the provider has identified the person. It records an error
// other than a [NotAdmittedError] nowhere.
func (c *Control) NotAdmitted(ctx context.Context, w *Way, p *Person, address string, err error) {
	var refused *NotAdmittedError
	if !errors.As(err, &refused) {
		return
	}
	actor, object := w.ID, ""
	if p != nil {
		object = "subject " + printable(p.Subject)
		actor += ": " + printable(p.Subject)
	}
	c.Refused(ctx, &audit.Event{Actor: actor, Action: "sign-in.refused", Object: object, Detail: refused.Reason + ", from " + address})
}

// recordArrival records what a provider changed about an account.
func (c *Control) recordArrival(ctx context.Context, w *Way, who *accounts.Arrival, done *accounts.Arrived) error {
	var changes []string
	if done.Created {
		changes = append(changes, "subject "+printable(who.Subject))
	}
	if len(done.Joined) > 0 {
		changes = append(changes, "joined "+strings.Join(done.Joined, ", "))
	}
	if len(done.Left) > 0 {
		changes = append(changes, "left "+strings.Join(done.Left, ", "))
	}
	if done.AdminChanged {
		changes = append(changes, fmt.Sprintf("admin=%t", done.Account.Admin))
	}
	action := "account.changed"
	if done.Created {
		action = "account.added"
	} else if len(changes) == 0 {
		return nil
	}
	return c.audit.Add(ctx, &audit.Event{Actor: w.ID, Action: action, Object: done.Account.Name, Detail: strings.Join(changes, "; ")})
}

// admit checks a person against what a way demands, and takes what is usable.
func (w *Way) admit(p *Person) (*accounts.Arrival, error) {
	if p.Subject == "" || len(p.Subject) > maxSubject || !db.Plain(p.Subject) {
		return nil, &NotAdmittedError{Text: w.Title + " did not say who you are in a way that can be kept. Ask an administrator of " + w.Title + ".", Reason: "the subject is empty, too long or not text"}
	}
	who := &accounts.Arrival{Identity: p.Identity, Create: w.Create, Groups: usableGroups(p.Groups)}
	if usableEmail(p.Email) && p.EmailVerified {
		who.Email = p.Email
	}
	names := p.Names
	if who.Email != "" {
		names = append(slices.Clone(names), who.Email)
	}
	for _, name := range names {
		if name = strings.ToLower(strings.TrimSpace(name)); CheckName(name) == nil {
			who.Name = name
			break
		}
	}
	if len(w.Domains) > 0 {
		_, domain, _ := strings.Cut(who.Email, "@")
		if !slices.Contains(w.Domains, strings.ToLower(domain)) {
			return nil, &NotAdmittedError{Text: "Only people with certain e-mail addresses may sign in here, and " + w.Title + " vouches for no such address of yours. Ask an administrator of this server.", Reason: "no verified e-mail address in an allowed domain"}
		}
	}
	if w.Group != "" && !slices.Contains(who.Groups, w.Group) {
		return nil, &NotAdmittedError{Text: "Only members of a certain group of " + w.Title + " may sign in here. Ask an administrator of this server.", Reason: "not a member of the required group"}
	}
	who.Admin = w.Admins != "" && slices.Contains(who.Groups, w.Admins)
	return who, nil
}

// refusalOf says to a person why the store gives no account.
func refusalOf(err error, who *accounts.Arrival) error {
	var taken *accounts.TakenError
	switch {
	case errors.Is(err, db.ErrNotFound):
		return &NotAdmittedError{Text: "You have no account here yet, and new ones are not made at sign-in. Tell an administrator of this server your subject: " + printable(who.Subject), Reason: "no account is linked, and none may be created"}
	case errors.Is(err, accounts.ErrDisabled):
		return &NotAdmittedError{Text: "Your account is switched off. Ask an administrator of this server.", Reason: "the account is switched off"}
	case errors.Is(err, accounts.ErrNoName):
		return &NotAdmittedError{Text: "The provider gives no name that an account here can have. Tell an administrator of this server your subject: " + printable(who.Subject), Reason: "neither the name nor a verified e-mail address can name an account"}
	case errors.As(err, &taken):
		return &NotAdmittedError{
			Text:   "There is already an account " + taken.Name + " here. If it is yours, tell an administrator of this server your subject, who can link it: " + printable(who.Subject),
			Reason: "the account " + taken.Name + " exists and is not linked",
		}
	}
	return err
}

// printable makes a text of a provider fit for people and for the audit log.
func printable(text string) string {
	return Shortened(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, strings.ToValidUTF8(text, "\uFFFD")))
}

func usableGroups(groups []string) (list []string) {
	for _, g := range groups {
		if g != "" && len(g) <= maxGroupName && db.Plain(g) && len(list) < maxGroups {
			list = append(list, g)
		}
	}
	return list
}

// usableEmail reports whether a text is an address and nothing else, without a line end that could begin another header.
func usableEmail(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text && len(text) <= maxEmail && db.Plain(text) && strings.Count(text, "@") == 1 && !strings.ContainsFunc(text, unicode.IsSpace)
}
