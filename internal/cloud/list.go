package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
)

const (
	// maxPages ends an endless list: 20,000 repositories.
	maxPages = 200
	// atOnce is how many repositories are asked for their branches at once.
	atOnce = 4
	// walkEvery is the time between listings of everything. They find what the time of change does not tell: deletions, and
	// rights that came or went.
	walkEvery = 6 * time.Hour
	// pagePause is how long a page of such a listing keeps the next one away: they take at most 400 calls an hour, however
	// often somebody asks for one. A list of one page has no pause.
	pagePause = 9 * time.Second
	// overlap is how far a listing of changes reaches back before the last change that is known: rows move between pages
	// while somebody pushes, and the clocks of Bitbucket's machines differ.
	overlap = 10 * time.Minute
	// quietShare is how often a repository is asked for its branches when Bitbucket does not say that it changed: after a
	// tenth of the time for which it has been quiet, at most quietMost. It is not known whether each push moves the time of
	// change.
	quietShare = 10
	quietMost  = time.Hour
	// quietAtOnce is how many such repositories one listing asks, or a quietPart of all if that is more: those first that
	// waited longest, so that they do not keep the others waiting. With a listing each five minutes all have their turn in an
	// hour.
	quietAtOnce = 60
	quietPart   = 12
	// failedPause is how long a repository that git could not read is left alone.
	failedPause = 5 * time.Minute
	// headCalls is how many requests it takes git to list branches.
	headCalls = 2
)

// memory is what listings remember, to know what to ask for. The restart of a server forgets it.
type memory struct {
	// walked is when everything was last listed, and pages how many pages that took. wanted asks for another walk.
	walked time.Time
	pages  int
	wanted bool
	// newest is the latest time of change of all rows.
	newest time.Time
	known  map[string]*known
}

// known is one repository.
type known struct {
	row    repositoryRow
	reason string
	// asked is when git was last asked for its branches, as of the time of change updated; zero for never.
	asked   time.Time
	updated string
	// again is when it may be asked again after git could not read it.
	again time.Time
	// changed is when its branches were last seen to change.
	changed time.Time
	sum     string
}

// Refresh implements connection.Refresher.
func (c *Connection) Refresh() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.memory.wanted = true
}

// List implements connection.Connection. Every few hours, and after Refresh, it lists everything; else what has changed.
func (c *Connection) List(ctx context.Context) (connection.Listing, error) {
	ctx = bitbucket.Background(ctx)
	c.listing.Lock()
	defer c.listing.Unlock()
	c.mu.Lock()
	m, now := &c.memory, c.o.Now()
	walk := m.walked.IsZero() || now.Sub(m.walked) >= walkEvery || m.wanted && now.Sub(m.walked) >= time.Duration(m.pages-1)*pagePause
	if walk {
		m.wanted = false
	}
	c.mu.Unlock()
	if walk {
		return c.walk(ctx, now)
	}
	return c.changes(ctx, now)
}

// walk lists everything.
func (c *Connection) walk(ctx context.Context, now time.Time) (l connection.Listing, err error) {
	rows, pages, err := c.rows(ctx, url.Values{"sort": {"created_on"}})
	if ctx.Err() != nil {
		return l, ctx.Err()
	}
	if err != nil {
		c.Refresh()
		if len(rows) == 0 {
			return l, c.explained("list the repositories", err)
		}
		err = c.explained("list the repositories", err)
	}
	fresh := map[string]*known{}
	for _, row := range rows {
		k := c.memory.known[row.UUID]
		if k == nil {
			k = &known{changed: row.updated()}
		}
		fresh[row.UUID] = k
		c.learn(k, row)
	}
	if err != nil {
		// What the rest of the list has stays known.
		for id, k := range c.memory.known {
			if fresh[id] == nil {
				fresh[id] = k
			}
		}
	}
	c.memory.known = fresh
	var due []*known
	for _, row := range rows {
		due = append(due, c.memory.known[row.UUID])
	}
	l.Whole = err == nil
	all, problems := c.ask(ctx, &l, due, now)
	if ctx.Err() != nil {
		return connection.Listing{}, ctx.Err()
	}
	l.Whole = l.Whole && all
	if err == nil {
		c.memory.walked, c.memory.pages = now, pages
	}
	for i := range l.Projects {
		l.Projects[i].Partial = !l.Whole
	}
	return l, connection.JoinProblems(append([]error{err}, problems...))
}

// changes lists what has changed since the last listing, and what may have.
func (c *Connection) changes(ctx context.Context, now time.Time) (l connection.Listing, err error) {
	m := &c.memory
	query := url.Values{"sort": {"updated_on"}}
	// One page holds all of a small workspace anyway, and shows what was deleted.
	all := m.pages <= 1
	if !all && !m.newest.IsZero() {
		query.Set("q", fmt.Sprintf(`updated_on>"%s"`, m.newest.Add(-overlap).UTC().Format("2006-01-02T15:04:05.000000+00:00")))
	}
	rows, _, err := c.rows(ctx, query)
	if ctx.Err() != nil {
		return l, ctx.Err()
	}
	here := map[string]bool{}
	for _, row := range rows {
		here[row.UUID] = true
		k := m.known[row.UUID]
		if k == nil {
			k = &known{changed: now}
			m.known[row.UUID] = k
		}
		if was := k.row; c.learn(k, row) && was.UUID != "" && was.fullName() != row.fullName() {
			// A rename may take it out of the connection, or free its name for another one.
			c.Refresh()
		}
	}
	var due, quiets []*known
	for _, id := range slices.Sorted(maps.Keys(m.known)) {
		k := m.known[id]
		if all && err == nil && !here[id] {
			c.Refresh()
			continue
		}
		quiet := min(now.Sub(k.changed)/quietShare, quietMost)
		switch {
		case now.Before(k.again):
		case k.asked.IsZero() || k.updated != k.row.Updated:
			due = append(due, k)
		case now.Sub(k.asked) >= quiet:
			quiets = append(quiets, k)
		}
	}
	slices.SortStableFunc(quiets, func(a, b *known) int { return a.asked.Compare(b.asked) })
	due = append(due, quiets[:min(len(quiets), max(quietAtOnce, len(m.known)/quietPart))]...)
	l.Changes = true
	_, problems := c.ask(ctx, &l, due, now)
	if ctx.Err() != nil {
		return connection.Listing{}, ctx.Err()
	}
	if err != nil {
		problems = append([]error{c.explained("list the repositories that changed", err)}, problems...)
	}
	for i := range l.Projects {
		l.Projects[i].Partial = true
	}
	return l, connection.JoinProblems(problems)
}

// learn takes over a row. It returns true if the row is another one than before.
func (c *Connection) learn(k *known, row *repositoryRow) bool {
	same := k.row.Updated == row.Updated && k.row.fullName() == row.fullName()
	// A time in the future would hide the changes until then.
	if at := row.updated(); at.After(c.memory.newest) && at.Before(c.o.Now().Add(overlap)) {
		c.memory.newest = at
	}
	k.row, k.reason = *row, c.reason(row)
	return !same
}

func (r *repositoryRow) updated() time.Time {
	// What is no time moves nothing.
	at, _ := time.Parse(time.RFC3339Nano, r.Updated)
	return at
}

// rows reads a list of repositories, each once. On an error it returns those that it has read.
func (c *Connection) rows(ctx context.Context, query url.Values) (list []*repositoryRow, pages int, err error) {
	query.Set("fields", rowFields)
	seen := map[string]bool{}
	n := 0
	err = c.o.Client.Pages(ctx, "/repositories"+bitbucket.Path(c.workspace()), query, maxPages, func(raw json.RawMessage) error {
		var r repositoryRow
		n++
		if err := json.Unmarshal(raw, &r); err != nil {
			return fmt.Errorf("a repository in the list is not what Bitbucket sends: %w", err)
		}
		// Rows move between pages while something is created or deleted.
		if !seen[r.UUID] && c.ours(&r) {
			seen[r.UUID] = true
			list = append(list, &r)
		}
		return nil
	})
	return list, (n + bitbucket.CloudPageLength - 1) / bitbucket.CloudPageLength, err
}
