package scan

import (
	"context"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// DefaultMaxFileBytes is the default size limit. Larger files are listed in a note and not scanned.
const DefaultMaxFileBytes = 32 << 20

// Scanner runs detectors over sources. Set its fields before the first scan and do not change them later; it is then
// safe for concurrent use.
type Scanner struct {
	Detectors []Detector
	// Jobs is the number of files scanned in parallel. 0 means the number of processors.
	Jobs int
	// MaxFileBytes is the size limit of a scanned file. Larger files are listed in a note. 0 means DefaultMaxFileBytes.
	MaxFileBytes int64
	// Unpack opens archives. If it is nil, archives are ordinary files.
	Unpack Unpacker
	// MaxUnpackedBytes limits the total unpacked size of the archives of one tree, in the order of their paths. The archive
	// that crosses the limit still counts; later ones are listed in a note and do not count. 0 means
	// DefaultMaxUnpackedBytes.
	MaxUnpackedBytes int64
	// Policy and Baseline suppress findings; both may be nil.
	Policy   *Policy
	Baseline *Baseline
	// Redact selects text that excerpts must not show in addition to the found secrets. Nil selects nothing.
	Redact Redactor
	// Verify, if set, asks the providers whether the secrets still work. It fills in Verified and the fields that depend on
	// it. It gets the findings of the tree and the history after all suppressions, and skips suppressed ones. It does not
	// change a severity that the policy sets. It returns notes, and returns soon after ctx ends.
	Verify func(ctx context.Context, findings []Finding) []Note
	// Now returns the date that decides about expiry. Nil means time.Now.
	Now func() time.Time
	// Cache remembers clean files between scans. Nil means no cache.
	Cache Cache
	// Progress, if set, receives the progress of the scan, from several goroutines at once.
	Progress func(done, total int)
}

// Cache remembers files without findings. An entry must be valid only for the rules and the program that added it. It is
// safe for concurrent use.
type Cache interface {
	// Clean reports whether an earlier scan of this file (object id and path) had no finding, and returns its counts.
	Clean(blob, path string) (clean Clean, ok bool)
	// Add stores a clean file.
	Add(blob, path string, clean Clean)
}

// Clean has the counts of a file without findings.
type Clean struct {
	Binary bool
	// Archives, Files and Bytes are those of [Unpacked]. They are zero if the file is not an archive.
	Archives, Files int
	Bytes           int64
}

// Input is the input of one scan.
type Input struct {
	// Head is the tree to scan.
	Head Source
	// Base is the tree whose findings are old. BaseInfo describes it. If Base is nil, every finding is new.
	Base     Source
	BaseInfo Base
	// History yields blobs of commits that are in neither tree, ordered by path and then oldest first. It is nil if the
	// history is not scanned.
	History Source
}

// Scan walks the input and returns the findings: sorted, located, redacted and compared with the base. The same input
// gives the same Result with any number of jobs, except for the times. On an error there is no result: the walk failed
// or ctx ended.
func (s *Scanner) Scan(ctx context.Context, in Input) (*Result, error) {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	result := &Result{Base: in.BaseInfo, Started: now()}
	if in.Base == nil && result.Base.Kind == "" {
		result.Base.Kind = BaseNone
	}
	files, err := collect(ctx, in.Head)
	if err != nil {
		return nil, err
	}
	head := s.newWalk(result, walkTree)
	if err := head.run(ctx, in.Head, files, files); err != nil {
		return nil, err
	}
	findings := head.findings
	if in.History != nil {
		old, err := s.scanHistory(ctx, in.History, result, findings)
		if err != nil {
			return nil, err
		}
		findings = append(findings, old...)
	}
	if err := s.markNew(ctx, in.Head, in.Base, result, findings, files); err != nil {
		return nil, err
	}
	numberOccurrences(findings)
	result.Notes = append(result.Notes, s.Policy.apply(findings, now(), result)...)
	s.Baseline.apply(findings)
	if s.Verify != nil {
		result.Notes = append(result.Notes, s.Verify(ctx, findings)...)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.Policy.rate(findings)
	}
	sort.Slice(findings, func(i, j int) bool { return Compare(&findings[i], &findings[j]) < 0 })
	result.Findings = findings
	s.describe(result, head.rules, head.idle)
	sortFailures(result.Unread)
	sortFailures(result.Failures)
	result.Duration = now().Sub(result.Started)
	return result, nil
}

// scanHistory scans blobs of older commits and keeps findings that the tree no longer has.
func (s *Scanner) scanHistory(ctx context.Context, history Source, result *Result, tree []Finding) ([]Finding, error) {
	files, err := collect(ctx, history)
	if err != nil {
		return nil, err
	}
	walk := s.newWalk(result, walkHistory)
	if err := walk.run(ctx, history, files, files); err != nil {
		return nil, err
	}
	inTree := make(map[string]bool, len(tree))
	for i := range tree {
		inTree[tree[i].Fingerprint] = true
	}
	// Many old versions of a file can contain one secret. The oldest version is the most useful.
	var kept []Finding
	for _, f := range walk.findings {
		if key := f.Fingerprint; !inTree[key] {
			inTree[key] = true
			f.Position = Position{}
			kept = append(kept, f)
		}
	}
	return kept, nil
}

// numberOccurrences numbers equal fingerprints within a path. The findings of a path must be in line order.
func numberOccurrences(findings []Finding) {
	type key struct{ fingerprint, path, commit string }
	counts := make(map[key]int)
	for i := range findings {
		k := key{findings[i].Fingerprint, findings[i].Path, findings[i].Commit}
		counts[k]++
		findings[i].Occurrence = counts[k]
	}
}

// describe adds the rules that fired and the engines that ran. late are rules that passes returned at their end. idle
// are engines that had nothing to look at.
func (s *Scanner) describe(result *Result, late []Rule, idle []Engine) {
	fired := make(map[string]bool)
	for i := range result.Findings {
		fired[result.Findings[i].RuleID] = true
	}
	for _, d := range s.Detectors {
		if slices.Contains(idle, d.Engine()) {
			result.Idle = append(result.Idle, d.Engine())
		} else {
			result.Engines = append(result.Engines, d.Engine())
		}
		for _, rule := range d.Rules() {
			if fired[rule.ID] {
				delete(fired, rule.ID)
				result.Rules = append(result.Rules, rule)
			}
		}
	}
	for _, rule := range late {
		if fired[rule.ID] {
			delete(fired, rule.ID)
			result.Rules = append(result.Rules, rule)
		}
	}
	slices.SortFunc(result.Rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	result.Engines = slices.Compact(result.Engines)
}

func sortFailures(list []Failure) {
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].Path != list[j].Path {
			return list[i].Path < list[j].Path
		}
		return list[i].Engine < list[j].Engine
	})
}

func collect(ctx context.Context, source Source) ([]File, error) {
	if s, ok := source.(ListedSource); ok {
		if files := s.Listed(); files != nil {
			return files, nil
		}
	}
	var files []File
	for f, err := range source.Files(ctx) {
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

type walkKind int

const (
	walkTree walkKind = iota
	walkHistory
	walkBase
)

// walk is one run of all detectors over one list of files.
type walk struct {
	scanner *Scanner
	kind    walkKind
	// cache is nil unless every detector of the walk that reads files is [Keyed].
	cache Cache
	// unpacker is nil unless a detector of the walk wants archives. archivist is the engine of the first such detector.
	unpacker  Unpacker
	archivist Engine
	passes    []begun
	result    *Result
	mu        sync.Mutex
	done      atomic.Int64
	findings  []Finding
	rules     []Rule
	// idle are the engines that had nothing to look at.
	idle     []Engine
	oversize []string
	// unpacked counts the unpacked bytes of the accepted archives. omitted has their omissions.
	unpacked int64
	omitted  []Omission
	// faults are failures to read the base.
	faults []Failure
}

// begun is a pass of the walk that has begun.
type begun struct {
	pass   Pass
	engine Engine
	wants  Wants
}

func (s *Scanner) newWalk(result *Result, kind walkKind) *walk {
	w := &walk{scanner: s, kind: kind, result: result, cache: s.Cache}
	for _, d := range s.Detectors {
		wants := d.Wants()
		if kind == walkHistory && !wants.History {
			continue
		}
		w.passes = append(w.passes, begun{d.Begin(), d.Engine(), wants})
		if _, keyed := d.(Keyed); wants.Files && !keyed {
			w.cache = nil
		}
		if wants.Archives && w.archivist == "" {
			w.unpacker, w.archivist = s.Unpack, d.Engine()
		}
	}
	return w
}

// run scans the files in parallel and leaves the findings in file order. all are the files of the whole tree.
func (w *walk) run(ctx context.Context, source Source, files, all []File) error {
	jobs := w.scanner.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	kept := newKeeper(len(files))
	limit := w.scanner.maxUnpackedBytes()
	var next, unpacked atomic.Int64
	group, groupCtx := errgroup.WithContext(ctx)
	for range min(jobs, max(len(files), 1)) {
		group.Go(func() error {
			r := newReader(source, w.scanner.maxFileBytes())
			for {
				// The bytes unpacked so far come from earlier files. If they already reach the limit, accept will reject this
				// archive in any case.
				full := unpacked.Load() >= limit
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return nil
				}
				if err := groupCtx.Err(); err != nil {
					return err
				}
				findings, in := w.file(groupCtx, r, files[i], full)
				if in != nil {
					unpacked.Add(in.Bytes)
				}
				kept.put(i, findings, in)
				if p := w.scanner.Progress; p != nil && w.kind != walkBase {
					p(int(w.done.Add(1)), len(files))
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	// A detector that stopped because of ctx has not read the whole file.
	if err := ctx.Err(); err != nil {
		return err
	}
	findings, more := kept.all(func(i int, in *inside) bool { return w.accept(files[i], in) })
	w.findings = findings
	if more != nil {
		w.unread(*more)
	}
	if err := w.end(ctx, source, all); err != nil {
		return err
	}
	w.noteOversize()
	w.noteOmitted()
	w.noteFaults()
	return nil
}

func (s *Scanner) maxFileBytes() int64 {
	if s.MaxFileBytes > 0 {
		return s.MaxFileBytes
	}
	return DefaultMaxFileBytes
}
