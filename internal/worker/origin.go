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

// maxOrigins bounds how many findings of one scan are asked about, the most severe first.
const maxOrigins = 2000

// origins says who brought in what is new in a branch, by the index of the finding. It is worth no failure: what cannot be found
// out stays open.
func (b *BranchScan) origins(ctx context.Context, dir, head string, j *queue.Job, findings []scan.Finding) map[int]findings.Origin {
	known, ask, err := b.Store.Findings.Origins(ctx, j.Repository, j.BranchID, findings)
	if err == nil && len(ask) > 0 {
		slices.SortStableFunc(ask, func(x, y int) int { return cmp.Compare(findings[y].Severity, findings[x].Severity) })
		err = lineOrigins(ctx, dir, head, findings, ask[:min(len(ask), maxOrigins)], known)
	}
	if err != nil && ctx.Err() == nil {
		b.Log.Warn("who brought lines in could not be found out", "repository", j.Location, "branch", j.Branch, "error", err)
	}
	return known
}

// lineOrigins asks the history of head about findings, and adds what it answers.
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
		// Behind the border of a shallow clone it may have been somebody else.
		if o, ok := origins[places[i]]; ok && !o.Border {
			known[at] = findings.Origin{Commit: o.Commit, Author: o.Author, Email: o.Email, At: o.At}
		}
	}
	return err
}
