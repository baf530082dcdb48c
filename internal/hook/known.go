package hook

import (
	"context"
	"fmt"

	"github.com/sluice-scan/sluice/scan"
)

// open leaves out the findings that people have reviewed.
func (c *checker) open(ctx context.Context, findings []scan.Finding) []scan.Finding {
	if c.reviewed == nil || len(findings) == 0 {
		return findings
	}
	reviewed, err := c.reviewed(ctx, findings)
	if err != nil {
		c.report.Notes = append(c.report.Notes, fmt.Sprintf("the reviews are not known, so no text counts as reviewed: %v", err))
		c.reviewed = nil
		return findings
	}
	var open []scan.Finding
	for i, f := range findings {
		if !reviewed[i] {
			open = append(open, f)
		}
	}
	return open
}

// known is a secret in the files of a commit's parents.
type known struct{ commit, fingerprint string }

// known returns the secrets that existed before the commits of the findings. It looks only at the parents of those
// commits.
func (c *checker) known(ctx context.Context, findings []scan.Finding) (map[known]bool, error) {
	if len(findings) == 0 {
		return nil, nil
	}
	commits := map[string]bool{}
	var list []string
	for i := range findings {
		if commit := findings[i].Commit; !commits[commit] {
			commits[commit] = true
			list = append(list, commit)
		}
	}
	result, err := c.scanner.Scan(ctx, scan.Input{Head: c.push.Before(list)})
	if err != nil {
		return nil, err
	}
	old := map[known]bool{}
	for i := range result.Findings {
		f := &result.Findings[i]
		old[known{f.Commit, f.Fingerprint}] = true
	}
	return old, nil
}
