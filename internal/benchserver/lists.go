package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/dependencies"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/trends"
	"github.com/sluice-scan/sluice/scan"
)

// listRows is how many rows a page of the dashboard asks for.
const listRows = 51

// lists measures the lists of the dashboard, for somebody who sees everything.
func (b *bench) lists(ctx context.Context, out io.Writer, s *store.Store) error {
	all := &scope.Visible{All: true}
	find := func(f findings.Filter) func() error {
		return func() error {
			_, err := s.Findings.List(ctx, all, f, listRows)
			return err
		}
	}
	list := func(f dependencies.Filter) func() error {
		return func() error {
			_, err := s.Dependencies.Packages(ctx, all, f, db.Page{Limit: listRows})
			return err
		}
	}
	accepted := findings.Accepted
	_, _ = fmt.Fprintf(out, "\n| List | Median, ms | Largest, ms | Processor, ms |\n|---|---|---|---|\n")
	for _, l := range []struct {
		name string
		read func() error
	}{
		{"findings, most severe first", find(findings.Filter{Counted: true, Order: findings.Severest})},
		{"findings, the middle of that", find(findings.Filter{Counted: true, Order: findings.Severest, After: findings.ListKey{ID: int64(b.findings) / 2, Severity: scan.SeverityMedium}})},
		{"findings, newest first", find(findings.Filter{Counted: true, Order: findings.Newest})},
		{"findings, oldest first", find(findings.Filter{Counted: true, Order: findings.Oldest})},
		{"low findings", find(findings.Filter{Counted: true, Severities: []scan.Severity{scan.SeverityLow}, Order: findings.Severest})},
		{"findings of a repository", find(findings.Filter{Counted: true, Repository: 8, Order: findings.Severest})},
		{"findings of a project", find(findings.Filter{Counted: true, Project: 8, Order: findings.Severest})},
		{"findings of default branches", find(findings.Filter{Counted: true, DefaultBranch: true, Order: findings.Severest})},
		{"findings in a common path", find(findings.Filter{Counted: true, Path: "config-7", Order: findings.Severest})},
		{"findings in no path", find(findings.Filter{Counted: true, Path: "nothing", Order: findings.Severest})},
		{"findings of no author", find(findings.Filter{Counted: true, Author: "nobody", Order: findings.Severest})},
		{"findings of no rule", find(findings.Filter{Counted: true, Rule: "NOTHING", Order: findings.Severest})},
		{"findings of an engine without any", find(findings.Filter{Counted: true, Engine: "dependencies", Order: findings.Severest})},
		{"accepted findings, of which there are none", find(findings.Filter{State: &accepted, Order: findings.Severest})},
		{"findings assigned to nobody known", find(findings.Filter{Counted: true, Assignee: "nobody", Order: findings.Severest})},
		{"severest findings since tomorrow", find(findings.Filter{Counted: true, Since: time.Now().Add(24 * time.Hour), Order: findings.Severest})},
		{"newest findings since tomorrow", find(findings.Filter{Counted: true, Since: time.Now().Add(24 * time.Hour), Order: findings.Newest})},
		{"packages", list(dependencies.Filter{})},
		{"packages of a name", list(dependencies.Filter{Name: "package-1"})},
		{"vulnerable packages", list(dependencies.Filter{Vulnerable: true})},
		{"a package that all repositories use", func() error {
			_, err := s.Dependencies.Package(ctx, all, "npm", "package-1")
			return err
		}},
		{"its versions", func() error {
			_, err := s.Dependencies.Versions(ctx, all, 1)
			return err
		}},
		{"its repositories", func() error {
			_, err := s.Dependencies.Usages(ctx, all, 1, dependencies.UsageFilter{}, db.Page{Limit: listRows})
			return err
		}},
		{"its vulnerable repositories", func() error {
			_, err := s.Dependencies.Usages(ctx, all, 1, dependencies.UsageFilter{Vulnerable: true}, db.Page{Limit: listRows})
			return err
		}},
		{"unknown repositories", func() error {
			_, err := s.Dependencies.Unknown(ctx, all)
			return err
		}},
		{"trend of 365 days", func() error {
			now := time.Now()
			_, err := s.Trends.Points(ctx, all, trends.Scope{}, now.AddDate(0, 0, -364), now, now)
			return err
		}},
		{"flows of 365 days", func() error {
			now := time.Now()
			_, err := s.Trends.Flows(ctx, all, trends.Scope{}, now.AddDate(0, 0, -364), now)
			return err
		}},
		{"flows of a repository", func() error {
			now := time.Now()
			_, err := s.Trends.Flows(ctx, all, trends.Scope{Project: 8, Repository: 8}, now.AddDate(0, 0, -364), now)
			return err
		}},
	} {
		times, before := make([]time.Duration, 5), processorTime()
		for i := range times {
			started := time.Now()
			if err := l.read(); err != nil {
				return fmt.Errorf("%s: %w", l.name, err)
			}
			times[i] = time.Since(started)
		}
		slices.Sort(times)
		_, _ = fmt.Fprintf(out, "| %s | %.1f | %.1f | %d |\n", l.name, ms(times[len(times)/2]), ms(times[len(times)-1]), (processorTime()-before).Milliseconds()/int64(len(times)))
	}
	return nil
}

// processorTime returns the time that this process has had a processor, on Linux, and 0 elsewhere. On a busy machine it
// says more than the clock. The kernel counts in hundredths of a second (proc(5), stat).
func processorTime() time.Duration {
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
