package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
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
	accepted := findings.Accepted
	_, _ = fmt.Fprintf(out, "\n| List | Median, ms | Largest, ms |\n|---|---|---|\n")
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
		times := make([]time.Duration, 5)
		for i := range times {
			started := time.Now()
			if err := l.read(); err != nil {
				return fmt.Errorf("%s: %w", l.name, err)
			}
			times[i] = time.Since(started)
		}
		slices.Sort(times)
		_, _ = fmt.Fprintf(out, "| %s | %.1f | %.1f |\n", l.name, ms(times[len(times)/2]), ms(times[len(times)-1]))
	}
	return nil
}
