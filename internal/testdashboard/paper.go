package testdashboard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/demo"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
)

// Project and Repository are those of the demo.
type (
	Project    = demo.Project
	Repository = demo.Repository
)

// Projects are those of the demo: every state is there.
var Projects = demo.Projects

// Fill makes projects with the states of their branches. There are no repositories behind them: names may be what git forbids, and findings
// have no lines.
func Fill(ctx context.Context, st *store.Store, list []Project) error {
	return demo.Fill(ctx, st, &paper{st: st, list: list}, list)
}

// paper is a world without repositories.
type paper struct {
	st   *store.Store
	list []Project
	// n counts the findings, so that nothing is like another.
	n int
}

// Sync implements demo.World.
func (p *paper) Sync(ctx context.Context, later bool) error {
	c, err := p.st.Connections.Ensure(ctx, connections.Repos, connections.KindFolder)
	if err != nil {
		return err
	}
	sync := p.st.Catalog.Sync(c.ID)
	for i := range p.list {
		done, err := sync.Apply(ctx, listing(&p.list[i], later))
		if err != nil {
			return err
		}
		for j := range done.Moved {
			m := &done.Moved[j]
			if m.ScannedCommit == "" {
				continue
			}
			behind, rewritten := 3, false
			switch stateOf(&p.list[i], m) {
			case demo.StateBehind1:
				behind = 1
			case demo.StateRewritten:
				behind, rewritten = -1, true
			}
			if err := sync.SetDistance(ctx, m, behind, rewritten); err != nil {
				return err
			}
		}
	}
	return nil
}

// stateOf is the state that a branch is to have.
func stateOf(p *Project, m *catalog.Moved) (state demo.State) {
	for i := range p.Repositories {
		if r := &p.Repositories[i]; m.Location == p.Key+"/"+r.Slug {
			r.Each(func(_ int, b demo.Branch) {
				if b.Name == m.Name {
					state = b.State
				}
			})
		}
	}
	return state
}

// listing is a project as a connection lists it; later some heads have moved.
func listing(p *Project, later bool) *connection.Project {
	listed := &connection.Project{Key: p.Key, Name: p.Name, Personal: strings.HasPrefix(p.Key, "~")}
	for i := range p.Repositories {
		r := &p.Repositories[i]
		repository := connection.Repository{Slug: r.Slug, Name: r.Name, Location: p.Key + "/" + r.Slug}
		r.Each(func(j int, b demo.Branch) {
			if j == 0 {
				repository.DefaultBranch = b.Name
			}
			head := fmt.Sprintf("%02x%02x4f2c9e1d5a7b8c3f60e2d4b19a7c5e8f01d3", i+16, j+32)
			if later && (b.State == demo.StateBehind1 || b.State == demo.StateBehind3 || b.State == demo.StateRewritten) {
				head = "e" + head[1:]
			}
			repository.Branches = append(repository.Branches, connection.Branch{Name: b.Name, Head: head, HeadAt: time.Now().Add(-time.Duration(i*37+j*95+12) * time.Minute)})
		})
		listed.Repositories = append(listed.Repositories, repository)
	}
	return listed
}

// scanSettings stands for the settings of scans.
var scanSettings = strings.Repeat("5", 16)

// Settings implements demo.World.
func (p *paper) Settings() (string, error) { return scanSettings, nil }

// Config is what results are of today's rules and settings by.
func Config(ctx context.Context, st *store.Store) (string, error) {
	rules, err := st.Policy.RuleSet(ctx)
	if err != nil {
		return "", err
	}
	return rules.ConfigOf(strings.Repeat("0", 16), scanSettings, "test"), nil
}

// inCodeAt is the index of the finding that is one in code.
const inCodeAt = 3

// engineOfCode is the engine that looks at the files itself, for neither secrets nor packages.
func engineOfCode() scan.Engine {
	list := scan.Engines()
	return list[slices.IndexFunc(list, func(e scan.EngineInfo) bool { return !e.Secrets && !e.Packages && !e.Foreign })].Engine
}

// inCode makes a finding one in code, with a way of data over two files.
func inCode(f *scan.Finding) {
	f.Engine, f.Secret, f.Excerpt, f.Related = engineOfCode(), scan.Secret{}, "cursor.execute(query)", "app/web.py:9"
	f.Flow = []scan.Step{
		{Path: "app/web.py", Kind: scan.StepSource, Position: scan.Position{StartLine: 9, StartColumn: 8, EndLine: 9, EndColumn: 30}, Text: `name = request.args["name"]`},
		{Path: "app/web.py", Kind: scan.StepOn, Position: scan.Position{StartLine: 10, StartColumn: 5, EndLine: 10, EndColumn: 15}, Text: `find(name, key="••••••••")`},
		{Path: f.Path, Kind: scan.StepSink, Position: f.Position, Text: f.Excerpt},
	}
}

// Scan implements demo.World.
func (p *paper) Scan(ctx context.Context, j *queue.Job, state demo.State) (*findings.Outcome, error) {
	if state == demo.StateError && j.ScannedCommit != "" {
		return nil, errors.New("the repository broke off while it was read: unexpected end of the pack")
	}
	config, err := Config(ctx, p.st)
	if err != nil {
		return nil, err
	}
	o := &findings.Outcome{
		State: queue.Succeeded, Commit: j.Head, Config: config,
		Hash: func(secret string) string { return "h(" + secret[len(secret)-3:] + ")" },
	}
	switch state {
	case demo.StateVulnerable:
		for i, severity := range []scan.Severity{scan.SeverityCritical, scan.SeverityHigh, scan.SeverityHigh, scan.SeverityMedium, scan.SeverityLow} {
			p.n++
			o.Findings = append(o.Findings, scan.Finding{
				Engine: scan.EngineOfSecrets(), RuleID: "TEST", Title: "Test", Severity: severity, Fingerprint: fmt.Sprintf("print%04d", p.n), Path: fmt.Sprintf("deploy/file%d.py", i), Occurrence: 1,
				Position: scan.Position{StartLine: 3, StartColumn: 1, EndLine: 3, EndColumn: 9}, Excerpt: "key = ••••", Secret: scan.NewSecret(fmt.Sprintf("canary-%d", p.n)),
			})
		}
		inCode(&o.Findings[inCodeAt])
	case demo.StateIncomplete:
		o.Incomplete = []string{"2 files could not be read: vendor/data.bin, vendor/more.bin", "the rule SLOW_RULE ran out of time in assets/all.min.js"}
	}
	return o, nil
}
