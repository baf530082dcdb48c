package testdashboard

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/scan"
)

// Project is a made-up project.
type Project struct {
	Key, Name    string
	Repositories []Repository
}

// Repository is a made-up repository. Each branch is written as "name=state", the default one first. The states are new, secure, vulnerable,
// behind1, behind3, rewritten, config, incomplete, queued, scanning, cancelled, error.
type Repository struct {
	Slug, Name string
	Branches   []string
}

// Projects are those of pictures and of most tests: every state is there.
var Projects = []Project{
	{"PAY", "Payments", []Repository{
		{"api", "api", []string{"main=vulnerable", "feature/login=behind3", "feature/refunds=scanning", "release/2.4=secure", "release/2.3=behind1", "hotfix/card-token=queued", "feature/old-history=rewritten", "feature/vendor-import=incomplete", "spike/ledger=cancelled", "build/cache=error", "chore/rules=config", "feature/new=new"}},
		{"web", "web", []string{"main=secure", "develop=secure"}},
		{"ledger", "ledger", []string{"main=behind3", "develop=secure"}},
		{"mobile", "mobile-wallet", []string{"main=incomplete"}},
		{"fraud", "fraud-models", []string{"main=new", "train=new"}},
		{"docs", "docs", nil},
	}},
	{"SHOP", "Storefront", []Repository{
		{"checkout", "checkout", []string{"main=secure", "develop=vulnerable"}}, {"catalog", "catalog", []string{"main=secure"}}, {"search", "search", []string{"main=secure", "tune=secure"}},
		{"images", "image-service", []string{"main=secure"}}, {"mail", "mail-templates", []string{"main=behind1"}},
	}},
	{"DATA", "Data platform", []Repository{
		{"etl", "etl", []string{"main=secure", "nightly=new"}}, {"lake", "lake-tools", []string{"main=secure"}}, {"notebooks", "notebooks", []string{"main=new"}}, {"dbt", "dbt-models", []string{"main=secure"}},
	}},
	{"LEG", "Legacy", []Repository{{"erp", "erp", []string{"main=new"}}, {"cobol", "cobol-bridge", []string{"main=new"}}, {"intranet", "intranet", []string{"main=new"}}}},
	{"OPS", "Operations", []Repository{{"infra", "infrastructure", []string{"main=secure"}}, {"images", "base-images", []string{"main=secure", "next=secure"}}}},
	{"~jdoe", "Jane Doe", []Repository{{"dotfiles", "dotfiles", []string{"main=vulnerable"}}}},
}

// filling is the state of Fill.
type filling struct {
	st   *store.Store
	sync *catalog.Sync
	// n counts what is made, so that nothing is like another.
	n int
}

// Fill makes projects with the states of their branches.
func Fill(ctx context.Context, st *store.Store, list []Project) error {
	c, err := st.Connections.Ensure(ctx, connections.Repos, connections.KindFolder)
	if err != nil {
		return err
	}
	f := &filling{st: st, sync: st.Catalog.Sync(c.ID)}
	for _, p := range list {
		if _, err := f.sync.Apply(ctx, f.listing(&p, false)); err != nil {
			return err
		}
		if err := f.each(ctx, &p, f.scanned); err != nil {
			return err
		}
		done, err := f.sync.Apply(ctx, f.listing(&p, true))
		if err != nil {
			return err
		}
		for i := range done.Moved {
			m := &done.Moved[i]
			behind, rewritten := 3, false
			switch stateOf(&p, m) {
			case "behind1":
				behind = 1
			case "rewritten":
				behind, rewritten = -1, true
			}
			if err := f.sync.SetDistance(ctx, m, behind, rewritten); err != nil {
				return err
			}
		}
	}
	for _, p := range list {
		if err := f.each(ctx, &p, f.waiting); err != nil {
			return err
		}
	}
	_, err = st.Recompute(ctx)
	return err
}

// stateOf is the state that a branch is to have.
func stateOf(p *Project, m *catalog.Moved) string {
	for _, r := range p.Repositories {
		for _, b := range r.Branches {
			if name, state, _ := strings.Cut(b, "="); m.Location == p.Key+"/"+r.Slug && m.Name == name {
				return state
			}
		}
	}
	return ""
}

// listing is a project as a connection lists it; later some heads have moved.
func (f *filling) listing(p *Project, later bool) *connection.Project {
	listed := &connection.Project{Key: p.Key, Name: p.Name, Personal: strings.HasPrefix(p.Key, "~")}
	for i, r := range p.Repositories {
		repository := connection.Repository{Slug: r.Slug, Name: r.Name, Location: p.Key + "/" + r.Slug}
		for j, text := range r.Branches {
			name, state, _ := strings.Cut(text, "=")
			if j == 0 {
				repository.DefaultBranch = name
			}
			head := fmt.Sprintf("%02x%02x4f2c9e1d5a7b8c3f60e2d4b19a7c5e8f01d3", i+16, j+32)
			if later && (strings.HasPrefix(state, "behind") || state == "rewritten") {
				head = "e" + head[1:]
			}
			repository.Branches = append(repository.Branches, connection.Branch{Name: name, Head: head, HeadAt: time.Now().Add(-time.Duration(i*37+j*95+12) * time.Minute)})
		}
		listed.Repositories = append(listed.Repositories, repository)
	}
	return listed
}

// each calls do for every branch of a project.
func (f *filling) each(ctx context.Context, p *Project, do func(ctx context.Context, b *catalog.Branch, state string) error) error {
	for _, r := range p.Repositories {
		repository, err := f.st.Catalog.Repository(ctx, &scope.Visible{All: true}, p.Key, r.Slug)
		if err != nil {
			return err
		}
		for _, text := range r.Branches {
			name, state, _ := strings.Cut(text, "=")
			b, err := f.st.Catalog.Branch(ctx, repository.ID, name)
			if err != nil {
				return err
			}
			if err := do(ctx, b, state); err != nil {
				return err
			}
		}
	}
	return nil
}

// enqueue puts a branch into the queue, and takes it out unless it is to wait.
func (f *filling) enqueue(ctx context.Context, b *catalog.Branch, take bool) (*queue.Job, error) {
	if _, err := f.st.Queue.Enqueue(ctx, queue.Rescan(queue.Scope{BranchID: b.ID}, b.Name, "admin", false)); err != nil || !take {
		return nil, err
	}
	return f.st.Queue.Claim(ctx, "node-1", true)
}

// scanned gives a branch the scans that have ended.
func (f *filling) scanned(ctx context.Context, b *catalog.Branch, state string) error {
	o := findings.Outcome{State: queue.Succeeded, Config: "rules", Hash: func(secret string) string { return "h(" + secret[len(secret)-3:] + ")" }}
	switch state {
	case "new", "queued", "scanning":
		return nil
	case "cancelled":
		o.State = queue.Cancelled
	case "vulnerable":
		for i, severity := range []scan.Severity{scan.SeverityCritical, scan.SeverityHigh, scan.SeverityHigh, scan.SeverityMedium, scan.SeverityLow} {
			f.n++
			o.Findings = append(o.Findings, scan.Finding{
				Engine: scan.EngineOfSecrets(), RuleID: "TEST", Title: "Test", Severity: severity, Fingerprint: fmt.Sprintf("print%04d", f.n), Path: fmt.Sprintf("deploy/file%d.py", i), Occurrence: 1,
				Position: scan.Position{StartLine: 3, StartColumn: 1, EndLine: 3, EndColumn: 9}, Excerpt: "key = ••••", Secret: scan.NewSecret(fmt.Sprintf("canary-%d", f.n)),
			})
		}
	case "incomplete":
		o.Incomplete = []string{"2 files could not be read: vendor/data.bin, vendor/more.bin", "the rule SLOW_RULE ran out of time in assets/all.min.js"}
	}
	if err := f.end(ctx, b, &o); err != nil || state != "error" && state != "config" {
		return err
	}
	if state == "config" {
		_, err := f.st.Write.ExecContext(ctx, "update branch set stale_config = true where id = $1", b.ID)
		return err
	}
	return f.end(ctx, b, &findings.Outcome{State: queue.Failed, Reason: "the repository broke off while it was read: unexpected end of the pack"})
}

// end scans a branch, some time ago.
func (f *filling) end(ctx context.Context, b *catalog.Branch, o *findings.Outcome) error {
	j, err := f.enqueue(ctx, b, true)
	if err != nil {
		return err
	}
	o.Commit = j.Head
	if err := f.st.Findings.Finish(ctx, j, o); err != nil {
		return err
	}
	f.n++
	age, lasted := time.Duration(f.n*f.n*71+40)*time.Second, time.Duration(700+f.n*1730)*time.Millisecond
	if _, err := f.st.Write.ExecContext(ctx, "update scan set started_at = started_at - $2, ended_at = started_at - $2 + $3 where id = $1", j.ID, age.Milliseconds(), lasted.Milliseconds()); err != nil {
		return err
	}
	_, err = f.st.Write.ExecContext(ctx, "update repository set last_scan_at = (select max(ended_at) from scan where repository_id = $1) where id = $1", j.Repository)
	return err
}

// waiting puts branches into the queue, and lets some run.
func (f *filling) waiting(ctx context.Context, b *catalog.Branch, state string) error {
	switch state {
	case "queued":
		_, err := f.enqueue(ctx, b, false)
		return err
	case "scanning":
		j, err := f.enqueue(ctx, b, true)
		if err != nil {
			return err
		}
		_, err = f.st.Queue.Beat(ctx, j, 73, j.Head)
		return err
	}
	return nil
}
