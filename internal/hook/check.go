package hook

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/secret"
)

const (
	// batch is the number of commits that are scanned together. It bounds the memory of a first push.
	batch = 500
	// maxFindings is the number of blocking findings after which a check stops: with so many, the author has to look at
	// everything anyway. The check keeps the same number of findings that only warn, and goes on.
	maxFindings = 1000
)

// Request is one push to check.
type Request struct {
	// Dir is the git folder of the repository.
	Dir string
	// Quarantine says where git stores the objects of the push.
	Quarantine git.Quarantine
	Updates    []Update
	Settings   Settings
	// Unpack opens archives; nil means that archives are treated like other files.
	Unpack scan.Unpacker
	// Reviewed reports for each finding whether people have reviewed it as not a secret; nil means that nobody has. If
	// it fails, no finding counts as reviewed, and the report says so.
	Reviewed func(ctx context.Context, findings []scan.Finding) ([]bool, error)
	// Jobs is the number of files that are scanned in parallel; 0 means the number of processors.
	Jobs int
}

// Commit is a commit of the push that the report mentions.
type Commit struct {
	git.PushedCommit
	// Ref is the first updated reference that reaches the commit. Tip is true if the commit is the new value of Ref.
	Ref string
	Tip bool
}

// Finding is one secret that a commit adds.
type Finding struct {
	scan.Finding
	// Commit is the index into Report.WithFindings.
	Commit int
	// Revoke completes the sentence "Revoke it first: ...".
	Revoke string
	// Blocks is true if the finding refuses the push in ModeBlock.
	Blocks bool
}

// Report is the result of checking a push. Its texts come from the author of the push unchanged, so mask and clean them
// before you show them.
type Report struct {
	Mode Mode
	// Bypass reports whether the bypass is allowed.
	Bypass bool
	// Commits is the number of commits in the push.
	Commits int
	// Findings are in the order of their commits, then by severity and place. Cut is true if there may be more.
	Findings []Finding
	Cut      bool
	// WithFindings are the commits with findings. Bypassed are the commits that were not checked, because their messages ask
	// for that. BypassDenied are those whose messages ask for it where it is not allowed. All are in commit order.
	WithFindings, Bypassed, BypassDenied []Commit
	// Merges is true if the push contains merge commits.
	Merges bool
	// Unread lists what could not be read or was checked only in part: everything that makes a result not
	// [scan.Result.Complete]. Notes are sentences about what was not checked by design.
	Unread []scan.Failure
	Notes  []string
	// mask hides the secrets of the findings in any text.
	mask func(string) string
}

// Refused reports whether the push is refused: a finding blocks, or the check was incomplete.
func (r *Report) Refused() bool {
	return r.Mode == ModeBlock && (len(r.Unread) > 0 || r.Blocking() > 0)
}

// Blocking counts the findings that block in ModeBlock.
func (r *Report) Blocking() int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Blocks {
			n++
		}
	}
	return n
}

// Check scans the content of a push: each commit by itself, and in each commit only the files that it adds or changes.
// It does not blame a commit for a secret that the changed or deleted files of its parents already contain.
//
// An error means that the push could not be checked.
func Check(ctx context.Context, q Request) (*Report, error) {
	report, err := again(ctx, func() (*Report, error) { return check(ctx, q) })
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return report, err
}

// again retries once when an object is missing: objects move when another push starts "git gc" at the same time.
func again(ctx context.Context, try func() (*Report, error)) (*Report, error) {
	report, err := try()
	if errors.Is(err, git.ErrMissingObject) && ctx.Err() == nil {
		return try()
	}
	return report, err
}

func check(ctx context.Context, q Request) (*Report, error) {
	report := &Report{Mode: q.Settings.Mode, Bypass: q.Settings.Bypass, mask: func(text string) string { return text }}
	var heads, refs []string
	for _, u := range q.Updates {
		if !u.Deletes() {
			heads, refs = append(heads, u.New), append(refs, u.Ref)
		}
	}
	if len(heads) == 0 {
		return report, nil
	}
	repo, err := git.OpenQuarantine(q.Dir, q.Quarantine)
	if err != nil {
		return nil, err
	}
	defer func() { _ = repo.Close() }()
	push, err := repo.Push(ctx, heads)
	if err != nil {
		return nil, err
	}
	c := &checker{report: report, push: push, settings: &q.Settings, reviewed: q.Reviewed, heads: heads, refs: refs}
	commits, err := c.choose()
	if err != nil || len(commits)+len(report.Bypassed) == 0 {
		return report, err
	}
	policy, err := c.detector(ctx, repo)
	if err != nil {
		return nil, err
	}
	c.scanner = &scan.Scanner{Detectors: []scan.Detector{c.secrets}, Jobs: q.Jobs, Unpack: q.Unpack, Policy: policy, Cache: &cleanFiles{}, Redact: secret.NewRedactor(c.secrets)}
	for part := range slices.Chunk(commits, batch) {
		if err := c.scan(ctx, part); err != nil {
			return nil, err
		}
		if report.Blocking() >= maxFindings {
			report.Cut = true
			break
		}
	}
	c.finish(ctx)
	return report, nil
}

// checker is the state of one check.
type checker struct {
	report      *Report
	push        *git.Push
	settings    *Settings
	reviewed    func(ctx context.Context, findings []scan.Finding) ([]bool, error)
	heads, refs []string
	secrets     *secret.Detector
	scanner     *scan.Scanner
	// The keys of revoke and warns are rule ids.
	revoke map[string]string
	warns  map[string]bool
}

// choose returns the commits to scan, and records the commits that ask for no check.
func (c *checker) choose() ([]string, error) {
	all := c.push.Commits()
	c.report.Commits = len(all)
	kept := make([]string, 0, len(all))
	for _, hash := range all {
		commit, err := c.commit(hash)
		if err != nil {
			return nil, err
		}
		c.report.Merges = c.report.Merges || commit.Merge
		switch asks := Bypasses(commit.Message); {
		case asks && c.settings.Bypass:
			c.report.Bypassed = append(c.report.Bypassed, commit)
			continue
		case asks:
			c.report.BypassDenied = append(c.report.BypassDenied, commit)
		}
		kept = append(kept, hash)
	}
	return kept, nil
}

func (c *checker) commit(hash string) (Commit, error) {
	d, err := c.push.Describe(hash)
	head := c.push.Head(hash)
	return Commit{PushedCommit: d, Ref: c.refs[head], Tip: c.heads[head] == hash}, err
}

// scan adds the findings of some commits to the report.
func (c *checker) scan(ctx context.Context, commits []string) error {
	added := c.push.Added(commits)
	result, err := c.scanner.Scan(ctx, scan.Input{Head: added})
	if err != nil {
		return err
	}
	c.report.Unread = append(c.report.Unread, slices.Concat(added.Skipped(), result.Unread, result.Failures)...)
	for _, note := range result.Notes {
		if strings.HasPrefix(note.Code, "suppression-") {
			// These notes are about the whole tree; a push is only a part of it.
			continue
		}
		c.report.Notes = append(c.report.Notes, note.Text)
	}
	live := slices.DeleteFunc(result.Findings, func(f scan.Finding) bool { return !f.Live() })
	old, err := c.known(ctx, live)
	if err != nil {
		return err
	}
	live = slices.DeleteFunc(live, func(f scan.Finding) bool { return old[known{f.Commit, f.Fingerprint}] })
	live = c.open(ctx, live)
	slices.SortStableFunc(live, func(a, b scan.Finding) int { return cmp.Compare(c.push.Order(a.Commit), c.push.Order(b.Commit)) })
	warnings := len(c.report.Findings) - c.report.Blocking()
	for _, f := range live {
		blocks := c.settings.FailOn != scan.SeverityNone && f.Severity >= c.settings.FailOn && !c.warns[f.RuleID]
		if !blocks {
			if warnings++; warnings > maxFindings {
				c.report.Cut = true
				continue
			}
		}
		if n := len(c.report.WithFindings); n == 0 || c.report.WithFindings[n-1].Hash != f.Commit {
			commit, err := c.commit(f.Commit)
			if err != nil {
				return err
			}
			c.report.WithFindings = append(c.report.WithFindings, commit)
		}
		c.report.Findings = append(c.report.Findings, Finding{
			Finding: f, Commit: len(c.report.WithFindings) - 1, Revoke: c.revoke[f.RuleID], Blocks: blocks,
		})
	}
	return nil
}

// finish prepares the mask for the secrets that were found: the subject of a commit or a file name may contain them too.
func (c *checker) finish(ctx context.Context) {
	findings := make([]scan.Finding, 0, len(c.report.Findings))
	var texts []string
	for i := range c.report.Findings {
		findings = append(findings, c.report.Findings[i].Finding)
		texts = append(texts, c.report.Findings[i].Path)
	}
	for _, commit := range slices.Concat(c.report.WithFindings, c.report.Bypassed, c.report.BypassDenied) {
		texts = append(texts, strings.Join([]string{commit.Subject, commit.Author, commit.Committer, commit.Ref}, "\n"))
	}
	for _, text := range texts {
		// An error means that some of the text was not scanned. That is no worse than not scanning it.
		more, _ := c.secrets.Begin().File(ctx, &scan.Content{Data: []byte(text)})
		findings = append(findings, more...)
	}
	c.report.mask = scan.MaskSecrets(findings)
	slices.Sort(c.report.Notes)
	c.report.Notes = slices.Compact(c.report.Notes)
}

// cleanFiles remembers the clean files of one check: reverts and branches contain the same files again and again.
type cleanFiles struct{ files sync.Map }

type cleanFile struct{ blob, path string }

// Clean implements [scan.Cache].
func (c *cleanFiles) Clean(blob, path string) (clean scan.Clean, ok bool) {
	value, ok := c.files.Load(cleanFile{blob, path})
	if ok {
		clean = value.(scan.Clean)
	}
	return clean, ok
}

// Add implements [scan.Cache].
func (c *cleanFiles) Add(blob, path string, clean scan.Clean) {
	c.files.Store(cleanFile{blob, path}, clean)
}
