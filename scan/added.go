package scan

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/sluice-scan/sluice/scan/linediff"
)

// Shown is where somebody who reads the change is shown the finding. For a new way of data it is the last step with an
// added line: the code where the data arrives may be older than the change, in a file that the change does not touch.
// For all other findings it is their own place. line is 0 when the finding has none.
func (f *Finding) Shown() (path string, line int) {
	if f.New {
		for i := len(f.Flow) - 1; i >= 0; i-- {
			if s := &f.Flow[i]; s.Added > 0 {
				return s.Path, s.Added
			}
		}
	}
	return f.Path, f.StartLine
}

// markAdded sets Added of the steps of new findings. A step in a file that cannot be read has no added line.
func (s *Scanner) markAdded(ctx context.Context, head, base Source, files, baseFiles []File, old *oldFindings, findings []Finding) error {
	steps := map[string][]*Step{}
	for i := range findings {
		f := &findings[i]
		for k := range f.Flow {
			if s := &f.Flow[k]; f.New && f.Commit == "" && f.Archive == "" && s.StartLine > 0 && !old.shares(s.Path) {
				steps[s.Path] = append(steps[s.Path], s)
			}
		}
	}
	now, before := newReader(head, s.maxFileBytes()), newReader(base, s.maxFileBytes())
	diff := linediff.Diff{Left: maxAddedSteps}
	for _, path := range slices.Sorted(maps.Keys(steps)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		text, _, ok := now.lines(files, path)
		// A file that the base does not have has only added lines.
		previous, missing, known := before.lines(baseFiles, path)
		if ok && (known || missing) {
			markAddedLines(&diff, previous, text, steps[path])
		}
	}
	return nil
}

// maxAddedSteps limits the work of all diffs of a scan to about half a second.
const maxAddedSteps = 1 << 26

// markAddedLines sets Added of steps of one file.
func markAddedLines(diff *linediff.Diff, old, text []string, steps []*Step) {
	var wanted []int
	for _, s := range steps {
		for line := s.StartLine; line <= min(s.EndLine, len(text)); line++ {
			wanted = append(wanted, line-1)
		}
	}
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	partners := diff.Partners(old, text, wanted)
	for _, s := range steps {
		for i := sort.SearchInts(wanted, s.StartLine-1); i < len(wanted) && wanted[i] < s.EndLine; i++ {
			if partners[i] == linediff.New {
				s.Added = wanted[i] + 1
				break
			}
		}
	}
}

// lines reads the lines of a file from a list that is ordered by path. missing says that the list does not have it.
func (r *reader) lines(files []File, path string) (lines []string, missing, ok bool) {
	i, there := sort.Find(len(files), func(i int) int { return cmp.Compare(path, files[i].Path) })
	if !there {
		return nil, true, false
	}
	content, err := r.read(files[i])
	if err != nil || content.Binary {
		return nil, false, false
	}
	return strings.Split(string(content.Data), "\n"), false, true
}
