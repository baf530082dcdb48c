package demo

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/worker"
)

// Folder is a folder of git repositories with the branches of projects. It implements [connection.Connection], with the names that a folder
// does not have. It is safe for concurrent use, except during Fill.
type Folder struct {
	*connection.Directory

	projects []Project
	now      time.Time
	// repositories are by location.
	repositories map[string]*bare
	clean        map[string]map[string]string
	// password is a leaked password of ~jdoe/dotfiles.
	password string
}

// New writes the repositories of projects into a folder, as they were before the last commits of their branches. The times of commits count
// from now. The same projects and the same now give the same commits.
func New(dir string, projects []Project, now time.Time) (*Folder, error) {
	f := &Folder{projects: projects, now: now.Truncate(time.Second), repositories: map[string]*bare{}, clean: map[string]map[string]string{}}
	n := 0
	for i := range projects {
		p := &projects[i]
		for j := range p.Repositories {
			if err := f.write(dir, p, &p.Repositories[j], n); err != nil {
				return nil, fmt.Errorf("write the repository %s: %w", location(p, &p.Repositories[j]), err)
			}
			n++
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var err error
	f.Directory, err = connection.NewDirectory(dir)
	return f, err
}

// location is where a repository is in the folder.
func location(p *Project, r *Repository) string { return p.Key + "/" + r.Slug + ".git" }

// people are the authors of commits, by name.
var people = []string{"Dana Kowalski", "Jane Doe", "Mei Lin", "Omar Haddad"}

// write writes a repository, the n-th one.
func (f *Folder) write(dir string, p *Project, r *Repository, n int) error {
	branch := "main"
	if len(r.Branches) > 0 {
		branch, _, _ = strings.Cut(r.Branches[0], "=")
	}
	b, err := newBare(filepath.Join(dir, filepath.FromSlash(location(p, r))), branch)
	if err != nil {
		return err
	}
	k, m := kindOf(r.Slug), newMint(uint64(n))
	f.repositories[location(p, r)], f.clean[location(p, r)] = b, k.clean
	if len(r.Branches) == 0 {
		return b.save()
	}
	author := func(i int) string { return people[(n+i)%len(people)] }
	first := b.commit(&change{author(0), "Start", f.ago(64*day - time.Duration(n)*time.Hour), map[string]string{"README.md": k.clean["README.md"]}}, "")
	first = b.commit(&change{author(1), "The first version", f.ago(57*day - time.Duration(n)*time.Hour), k.clean}, first)
	r.Each(func(i int, to Branch) {
		files, head := maps.Clone(k.clean), first
		if to.State == StateVulnerable {
			for step, message := range []string{"Move faster", "Deploy from the pipeline"} {
				files = with(files, filled(m, k.flawed[step]))
				if p.Key+"/"+r.Slug == reviewed {
					f.password = m.last["password"]
				}
				head = b.commit(&change{author(i + step + 2), message, f.ago(time.Duration(38-21*step)*day - time.Duration(n*5+i)*time.Hour), files}, head)
			}
		}
		files["docs/"+strings.ReplaceAll(to.Name, "/", "-")+".md"] = "# " + to.Name + "\n\nWhat this branch is for.\n"
		if to.State == StateIncomplete {
			files["vendor/data.json"] = `{"rates": [1, 2, 3], "of": "` + to.Name + "\"}\n"
		}
		b.refs[to.Name] = b.commit(&change{author(i), "Say what this branch is for", f.ago(time.Duration(3+(n+i)%9) * day), files}, head)
		if to.State == StateIncomplete {
			b.lose(b.object("blob", []byte(files["vendor/data.json"])))
		}
	})
	return b.save()
}

func (f *Folder) ago(d time.Duration) time.Time { return f.now.Add(-d) }

// filled returns files with credentials in them. It takes them in the order of their paths, so that each always gets the same.
func filled(m *mint, files map[string]string) map[string]string {
	out := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		out[path] = m.fill(files[path])
	}
	return out
}

// move makes the commits that came after the scans.
func (f *Folder) move() error {
	for i := range f.projects {
		p := &f.projects[i]
		for j := range p.Repositories {
			r := &p.Repositories[j]
			b, files := f.repositories[location(p, r)], f.clean[location(p, r)]
			r.Each(func(i int, to Branch) {
				c := &change{people[i%len(people)], "Polish", f.ago(2 * time.Minute), files}
				switch to.State {
				case StateBehind1, StateBehind3:
					commits := map[State]int{StateBehind1: 1, StateBehind3: 3}[to.State]
					for n := range commits {
						c.at = f.ago(time.Duration(commits-n) * time.Minute)
						c.files = with(files, map[string]string{"docs/changes.md": strings.Repeat("- better\n", n+1)})
						b.refs[to.Name] = b.commit(c, b.refs[to.Name])
					}
				case StateRewritten:
					b.refs[to.Name] = b.commit(c, b.commit(&change{c.author, "Start again", f.ago(3 * time.Minute), map[string]string{"README.md": "# Again\n"}}, ""))
				case StateError:
					c.files = with(files, map[string]string{"docs/cache.md": "# The cache\n"})
					b.refs[to.Name] = b.commit(c, b.refs[to.Name])
					// The head is there, and what it holds is not.
					b.lose(b.tree(c.files))
				}
			})
			if err := b.save(); err != nil {
				return err
			}
		}
	}
	return nil
}

// List implements connection.Connection.
func (f *Folder) List(ctx context.Context) (connection.Listing, error) {
	l, err := f.Directory.List(ctx)
	names := map[string]string{}
	for i := range f.projects {
		p := &f.projects[i]
		names[p.Key] = p.Name
		for j := range p.Repositories {
			names[location(p, &p.Repositories[j])] = p.Repositories[j].Name
		}
	}
	for i := range l.Projects {
		p := &l.Projects[i]
		p.Name = named(names, p.Key, p.Name)
		for j := range p.Repositories {
			p.Repositories[j].Name = named(names, p.Repositories[j].Location, p.Repositories[j].Name)
		}
	}
	return l, err
}

// named is the name of a place, or another one for a place that somebody has added.
func named(names map[string]string, place, other string) string {
	if name, ok := names[place]; ok {
		return name
	}
	return other
}

// Fill fills a store with what is in the folder: rules, findings that scan finds, decisions about them, schedules, mails, and a past of
// pastDays. keys are the server's. Call AddAccounts too.
func (f *Folder) Fill(ctx context.Context, st *store.Store, scan *worker.BranchScan, keys reviews.Sealer) error {
	from, err := st.Connections.Ensure(ctx, connections.Repos, connections.KindFolder)
	if err != nil {
		return err
	}
	if err := addRules(ctx, st); err != nil {
		return err
	}
	w := &scanned{Folder: f, scan: scan, hash: keys.Hash, syncer: &worker.Syncer{Store: st, Connection: f, ID: from.ID, Log: slog.New(slog.DiscardHandler)}}
	if err := Fill(ctx, st, w, f.projects); err != nil {
		return err
	}
	for _, do := range []func() error{
		func() error { return decide(ctx, st, f.now) },
		func() error { return f.reviewTexts(ctx, st, keys) },
		func() error { return plan(ctx, st, f.now) },
		func() error { return stickMails(ctx, st) },
		func() error { return agePast(ctx, st, f.now) },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// scanned is the world of a folder.
type scanned struct {
	*Folder
	scan   *worker.BranchScan
	hash   func(secret string) string
	syncer *worker.Syncer
}

// Sync implements World.
func (w *scanned) Sync(ctx context.Context, later bool) error {
	if later {
		if err := w.move(); err != nil {
			return err
		}
	}
	return w.syncer.Sync(ctx)
}

// Settings implements World.
func (w *scanned) Settings() (string, error) { return w.scan.Settings() }

// Scan implements World.
func (w *scanned) Scan(ctx context.Context, j *queue.Job, _ State) (o *findings.Outcome, err error) {
	dir, release, err := w.Open(ctx, j.Location)
	if err != nil {
		return nil, err
	}
	defer release()
	if o, err = w.scan.Scan(ctx, dir, j, func(int, string) {}); err == nil {
		o.Hash = w.hash
	}
	return o, err
}
