package connected

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/datacenter"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/rights"
)

const (
	// freshTime is how long rights count without another question; staleTime is how long they count at most, when Bitbucket
	// does not answer.
	freshTime = 5 * time.Minute
	staleTime = 15 * time.Minute
	// askTimeout limits the questions about one account; waitTime is how long a request waits for them.
	askTimeout = 3 * time.Minute
	waitTime   = 10 * time.Second
	// againTime is the time between questions that have no answer.
	againTime = 30 * time.Second
)

const (
	// recentTime is how long rights are not read from the store again while Bitbucket says nothing new. Somebody may have tens
	// of thousands of repositories, and a page asks several times.
	recentTime = 10 * time.Second
	// maxRecent is how many accounts are remembered; beyond it, all are forgotten.
	maxRecent = 1000
)

// Rights gives accounts the roles of the store, and those that the Bitbuckets give by which they sign in. It implements
// access.Rights.
func (s *Set) Rights(own access.Rights) access.Rights { return &givenRights{set: s, own: own} }

type givenRights struct {
	set *Set
	own access.Rights

	mu sync.Mutex
	// recent are the rights of accounts that were read a moment ago.
	recent map[int64]recentRights
}

// recentRights are rights as the store had them at a time, by the answers of Bitbucket that they come from.
type recentRights struct {
	at     time.Time
	of     string
	grants []accounts.RemoteGrant
}

// remote returns what Bitbucket lets an account see.
func (g *givenRights) remote(ctx context.Context, account int64, ids []int64) ([]accounts.RemoteGrant, error) {
	list, err := g.set.o.Store.Rights.Of(ctx, account)
	if err != nil {
		return nil, err
	}
	of := ""
	for i := range list {
		if x := &list[i]; slices.Contains(ids, x.Connection) && x.Age <= g.set.stale() {
			of += fmt.Sprintf("%d at %d, ", x.Connection, x.Asked.UnixMilli())
		}
	}
	now := time.Now()
	g.mu.Lock()
	known, ok := g.recent[account]
	g.mu.Unlock()
	if ok && known.of == of && now.Sub(known.at) < recentTime {
		return known.grants, nil
	}
	grants, err := g.set.o.Store.Rights.Grants(ctx, account, ids, g.set.stale())
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.recent) >= maxRecent || g.recent == nil {
		g.recent = map[int64]recentRights{}
	}
	g.recent[account] = recentRights{now, of, grants}
	return grants, nil
}

// Grants implements access.Rights. Rights of a Bitbucket that are not known do not count: they are never guessed.
func (g *givenRights) Grants(ctx context.Context, a *accounts.Account) (accounts.Grants, error) {
	grants, err := g.own.Grants(ctx, a)
	if err != nil {
		return grants, err
	}
	ids := g.set.signing()
	if len(ids) == 0 {
		return grants, nil
	}
	st := g.set.o.Store.Rights
	list, err := st.Of(ctx, a.ID)
	if err != nil || len(list) == 0 {
		return grants, err
	}
	for i := range list {
		x := &list[i]
		if slices.Contains(ids, x.Connection) && x.Age > g.set.fresh() {
			g.set.askAgain(ctx, x)
		}
	}
	remote, err := g.remote(ctx, a.ID, ids)
	if err != nil {
		return accounts.Grants{}, err
	}
	grants.AddRemote(remote)
	if len(remote) > 0 || len(grants.Roles) > 0 || grants.Grantee {
		return grants, nil
	}
	return grants, g.set.missing(ctx, a.ID, ids)
}

// missing says why an account has no right at all; nil if Bitbucket says so.
func (s *Set) missing(ctx context.Context, account int64, ids []int64) error {
	list, err := s.o.Store.Rights.Of(ctx, account)
	if err != nil {
		return err
	}
	for i := range list {
		x := &list[i]
		if !slices.Contains(ids, x.Connection) || x.Age <= s.stale() {
			continue
		}
		row, settings, err := s.signs(x.Connection)
		if err != nil {
			continue
		}
		stale := &access.StaleError{Way: wayOf(row.Name), Title: "Bitbucket " + hostOf(settings.URL), Problem: x.Problem}
		return stale
	}
	return nil
}

// signing are the connections by which people sign in.
func (s *Set) signing() (ids []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.rows {
		if x, err := ParseSettings(s.rows[i].Settings); err == nil && x.SignIn {
			ids = append(ids, s.rows[i].ID)
		}
	}
	return ids
}

func (s *Set) fresh() time.Duration {
	if s.o.Fresh != 0 {
		return s.o.Fresh
	}
	return freshTime
}

func (s *Set) stale() time.Duration {
	if s.o.Stale != 0 {
		return s.o.Stale
	}
	return staleTime
}

// askAgain asks Bitbucket again what an account may see. It waits a little for the answer; the questions go on without the
// request.
func (s *Set) askAgain(ctx context.Context, x *rights.Account) {
	claimed, err := s.o.Store.Rights.Claim(ctx, x.Account, x.Connection, askTimeout)
	if err != nil || !claimed {
		return
	}
	ended := make(chan struct{})
	s.asking.Go(func() {
		defer close(ended)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
		defer cancel()
		s.askOnce(ctx, x)
	})
	timer := time.NewTimer(waitTime)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// errDenied wraps an answer after which nothing counts any longer.
var errDenied = errors.New("Bitbucket no longer lets the user in")

func (s *Set) askOnce(ctx context.Context, x *rights.Account) {
	may, now, err := s.rightsNow(ctx, x)
	st := s.o.Store.Rights
	switch {
	case err == nil:
		err = st.Save(ctx, now, may)
	case errors.Is(err, errDenied):
		s.o.Log.Warn("a user has lost all rights", "connection", x.Connection, "user", x.Name, "reason", err)
		err = st.Denied(ctx, x.Account, x.Connection, err.Error())
	default:
		s.o.Log.Warn("a user's rights could not be asked for", "connection", x.Connection, "user", x.Name, "error", err)
		err = st.Unanswered(ctx, x.Account, x.Connection, err.Error(), againTime)
	}
	if err != nil {
		s.o.Log.Error("a user's rights could not be stored", "connection", x.Connection, "user", x.Name, "error", err)
	}
}

// errAskNobody means that nobody can be asked about a user.
var errAskNobody = errors.New("the connection's credential is not that of an administrator, who could be asked, and no token of yours is kept")

// rightsNow asks what an account may see: as the user, with the kept token, or else as the administrator whose credential the
// connection has.
func (s *Set) rightsNow(ctx context.Context, x *rights.Account) (list []rights.Right, now *rights.Account, err error) {
	row, settings, err := s.signs(x.Connection)
	if err != nil {
		return nil, nil, err
	}
	now = &rights.Account{Account: x.Account, Connection: x.Connection, Name: x.Name, Subject: x.Subject}
	if settings.Cloud() {
		if s.o.Consumer == nil {
			return nil, nil, errAskNobody
		}
		list, now.Name, now.Token, err = (&cloudWay{s, row.ID, settings.workspace()}).again(ctx, x)
		return list, now, err
	}
	may, name, err := s.dataCenterRights(ctx, row, settings, x)
	if err != nil {
		return nil, nil, err
	}
	if now.Name = name; may.Incomplete {
		s.o.Log.Warn("a user's rights were not asked for everywhere, because there are too many repositories: those that were not asked about are hidden", "connection", row.Name, "user", name)
	}
	return rightsOf(may), now, nil
}

// dataCenterRights asks a Data Center.
func (s *Set) dataCenterRights(ctx context.Context, row *connections.Remote, settings *Settings, x *rights.Account) (may *datacenter.Rights, name string, err error) {
	id, ok := datacenter.UserID(x.Subject)
	if !ok {
		return nil, "", fmt.Errorf("%w: the user has no id", errDenied)
	}
	if x.Token != "" {
		secret, err := s.o.Box.Open(x.Token, rights.Place(x.Account, x.Connection))
		if err != nil {
			return nil, "", fmt.Errorf("%w: the token that was kept cannot be read", errDenied)
		}
		client, err := s.o.asUser(settings, Credential{Secret: secret})
		if err != nil {
			return nil, "", err
		}
		who, err := datacenter.Self(ctx, client)
		switch {
		case errors.Is(err, bitbucket.ErrCredential), errors.Is(err, datacenter.ErrNobody), errors.Is(err, datacenter.ErrNoUser), err == nil && who.ID != id:
			return nil, "", fmt.Errorf("%w: the token that was kept does not work any longer", errDenied)
		case err != nil:
			return nil, "", err
		}
		may, err = datacenter.RightsOfSelf(ctx, client)
		return may, who.Name, err
	}
	return s.rightsByAdmin(ctx, row, x.Name, id)
}

func (s *Set) rightsByAdmin(ctx context.Context, row *connections.Remote, name string, id int) (*datacenter.Rights, string, error) {
	settings, source, err := s.o.source(row)
	if err != nil {
		return nil, "", err
	}
	client, err := s.o.client(row.ID, &settings, source)
	if err != nil {
		return nil, "", err
	}
	admin, err := datacenter.Administers(ctx, client)
	if err != nil {
		return nil, "", err
	}
	if !admin {
		return nil, "", errAskNobody
	}
	found, err := s.o.Store.Catalog.Sync(row.ID).Identities(ctx)
	if err != nil {
		return nil, "", err
	}
	places := make([]datacenter.Place, 0, len(found))
	for _, p := range found {
		places = append(places, datacenter.Place{Identity: p.Identity, ProjectIdentity: p.ProjectIdentity, Project: p.Project, Slug: p.Slug})
	}
	may, err := datacenter.RightsOf(ctx, client, name, id, places)
	if errors.Is(err, datacenter.ErrNoUser) {
		return nil, "", fmt.Errorf("%w: the user is gone, switched off, or has another name now; sign in again", errDenied)
	}
	return may, name, err
}

// rightsOf are the rights of a user as the store has them.
func rightsOf(r *datacenter.Rights) (list []rights.Right) {
	roles := map[datacenter.Level]accounts.Role{datacenter.LevelRead: accounts.RoleRead, datacenter.LevelWrite: accounts.RoleWrite, datacenter.LevelAdmin: accounts.RoleWrite}
	for name, level := range r.Repositories {
		list = append(list, rights.Right{Identity: name, Role: roles[level]})
	}
	for name, level := range r.Projects {
		if level == datacenter.LevelAdmin {
			list = append(list, rights.Right{Identity: name, Project: true, Role: accounts.RoleProjectAdmin})
		}
	}
	return list
}
