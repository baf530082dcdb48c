package code

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/project"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/search"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// member is a file that the flow of data can go through.
type member struct {
	file  scan.File
	front front
	facts *project.Facts
	// ends are the taint rules of which the file can hold a source or a sink, in the order of the rules.
	ends []search.End
	// sinks are where the sinks of rules begin, by the number of the rule, and gap is what the rules did not see of them.
	sinks map[int][]uint32
	gap   gap
	// tree is what the front end read; nil when it is not kept.
	tree *tree.Tree
}

// members are the files of a tree that were shown. It is safe for concurrent use.
type members struct {
	mu sync.Mutex
	// by holds them by path.
	by map[string]*member
	// kept is how many nodes the kept trees have.
	kept atomic.Int64
}

// maxKept bounds the trees that are kept between a file and the end of the pass, in nodes. Others are read again where the flow leads there.
const maxKept = 1_000_000

// add remembers a file; nil for one that is left out.
func (m *members) add(path string, file *member) {
	if file != nil && file.tree != nil && m.kept.Add(int64(len(file.tree.Nodes))) > maxKept {
		file.tree = nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.by[path] = file
}

// has reports whether a file was shown.
func (m *members) has(path string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, shown := m.by[path]
	return shown
}

// memory is what is known of files by their content, for further trees of the same scan: in a pull request the base is mostly the same. It is safe
// for concurrent use.
type memory struct {
	mu      sync.Mutex
	members map[contentKey]*member
	ends    map[contentKey]*matched
	results map[resultKey]*crossing
}

// contentKey is the content of a file at a path.
type contentKey struct{ path, blob string }

// matched says where the sources of rules begin in a file, by the numbers of the rules that were asked.
type matched struct {
	sources map[int][]uint32
	gap     gap
}

// resultKey is a rule with a file from which the flow begins and all files to which ways lead from there.
type resultKey struct {
	rule   int
	path   string
	digest [16]byte
}

// crossing is what a rule finds when the flow begins in one file.
type crossing struct {
	findings []found
	// gaps are what was not seen of the files on the way, by path.
	gaps map[string]gap
	// steps is how many it took.
	steps int
}

// maxRemembered bounds each of the lists of a memory. What does not fit is worked out again.
const maxRemembered = 200_000

func newMemory() *memory {
	return &memory{members: map[contentKey]*member{}, ends: map[contentKey]*matched{}, results: map[resultKey]*crossing{}}
}

// recall gives what is remembered under a key.
func recall[K comparable, V any](m *memory, list map[K]V, key K) V {
	m.mu.Lock()
	defer m.mu.Unlock()
	return list[key]
}

// remember keeps a value under a key, as long as there is room.
func remember[K comparable, V any](m *memory, list map[K]V, key K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(list) < maxRemembered {
		list[key] = v
	}
}

// join notes what the flow needs to know of a file after its search. It reports whether a flow may begin or end there.
func (p *pass) join(file scan.File, e *examination) bool {
	if !p.flows {
		return false
	}
	m := &member{file: file, front: e.front, facts: project.Read(treeLanguages[e.front.language], e.source), ends: e.ends}
	if m.sinks, m.gap = e.sinks(); len(m.sinks) > 0 {
		m.tree = e.tree
	}
	p.members.add(file.Path, m)
	if file.Blob != "" {
		plain := *m
		plain.tree = nil
		remember(p.memory, p.memory.members, contentKey{file.Path, file.Blob}, &plain)
	}
	return len(m.ends) > 0
}

// sinks finds the sinks of the rules of which the file can hold one: what is not there is cheaper to know than where data comes from.
func (e *examination) sinks() (sinks map[int][]uint32, g gap) {
	can := map[*rule.Rule]bool{}
	for _, end := range e.ends {
		if end.Sink {
			can[end.Rule] = true
		}
	}
	if len(can) == 0 {
		return nil, gap{}
	}
	sinks = map[int][]uint32{}
	in := e.input()
	in.Across, in.Half = true, search.Sinks
	in.Skip = func(r *rule.Rule) bool { return !can[r] }
	for _, run := range e.detector.set.Examine(in) {
		if f := run.File(); e.tree == nil && len(f.Nodes) > 2 {
			e.tree = f.Tree
		}
		if run.Rule().Taint == nil {
			continue
		}
		m := flow.Match(run)
		if at := m.SinkEnds(); len(at) > 0 {
			number := e.detector.taint[run.Rule()]
			sinks[number] = append(sinks[number], at...)
		}
		g = g.with(missedBy(run.Rule(), m.Extent()))
	}
	return sinks, g
}

// absentees finds the files of the tree that were not shown, because the same content was looked at before: in the head of a pull request, or in an
// earlier scan that found nothing.
func (p *pass) absentees(ctx context.Context, t *scan.Tree) error {
	for _, f := range t.Files() {
		if f.Mode != scan.ModeRegular && f.Mode != scan.ModeExecutable || p.ignore.match(f.Path) || p.members.has(f.Path) {
			continue
		}
		if f.Blob != "" {
			if m := recall(p.memory, p.memory.members, contentKey{f.Path, f.Blob}); m != nil {
				again := *m
				again.file = f
				p.members.add(f.Path, &again)
				continue
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, ok := frontOf(f.Path, nil); !ok || !p.options.IncludeGenerated && (foreignFolder(f.Path) != "" || minifiedName(f.Path)) {
			continue
		}
		content, err := t.Read(f)
		if err != nil {
			continue // The walk has said so.
		}
		if front, ok := p.frontFor(content); ok && !content.LFS {
			e := &examination{detector: p.Detector, path: f.Path, front: front, source: string(content.Data)}
			in := e.input()
			in.Ends = func(end search.End) { e.ends = append(e.ends, end) }
			p.set.Ends(in)
			p.join(f, e)
		}
	}
	return nil
}
