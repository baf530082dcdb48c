package worker

import (
	"cmp"
	"context"
	"slices"

	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// maxOrigins limits the number of findings of a scan that are blamed, most severe first.
const maxOrigins = 2000

// origins returns who added the new findings of a branch, by index of the finding. An error does not fail the scan; the
// origins stay unknown.
func (b *BranchScan) origins(ctx context.Context, dir, head string, j *queue.Job, findings []scan.Finding) map[int]findings.Origin {
	known, ask, err := b.Store.Findings.Origins(ctx, j.Repository, j.BranchID, findings)
	if err == nil && len(ask) > 0 {
		slices.SortStableFunc(ask, func(x, y int) int { return cmp.Compare(findings[y].Severity, findings[x].Severity) })
		err = lineOrigins(ctx, dir, head, findings, ask[:min(len(ask), maxOrigins)], known)
	}
	if err != nil && ctx.Err() == nil {
		b.Log.Warn("blame failed; some origins stay unknown", "repository", j.Location, "branch", j.Branch, "error", err)
	}
	return known
}

// lineOrigins blames findings at head and adds the answers.
func lineOrigins(ctx context.Context, dir, head string, list []scan.Finding, ask []int, known map[int]findings.Origin) error {
	repository, err := git.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = repository.Close() }()
	places := make([]git.LinePlace, len(ask))
	for i, at := range ask {
		places[i] = git.LinePlace{Path: list[at].Path, Line: list[at].StartLine}
	}
	origins, err := repository.Blame(ctx, head, places, git.BlameOptions{})
	for i, at := range ask {
		// At the border of a shallow clone, an older commit may have added the line.
		if o, ok := origins[places[i]]; ok && !o.Border {
			known[at] = findings.Origin{Commit: o.Commit, Author: o.Author, Email: o.Email, At: o.At}
		}
	}
	return err
}
