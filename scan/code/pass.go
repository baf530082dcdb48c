package code

import (
	"context"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/sluice-scan/sluice/scan"
)

// pass examines one tree.
type pass struct {
	*Detector
	mu sync.Mutex
	// partly are the files that did not parse as a whole, by path. The value says that more than a tenth was not read.
	partly map[string]bool
	// written are files left out because of their content, large those that are too large.
	written, large []string
	// cut are the files in which a rule ran out of steps, each with the rules.
	cut map[string][]string
	// scripts says that a file without an extension has a front end by its `#!` line.
	scripts bool
}

func newPass(d *Detector) *pass {
	return &pass{Detector: d, partly: map[string]bool{}, cut: map[string][]string{}}
}

// File implements [scan.Pass].
func (p *pass) File(ctx context.Context, content *scan.Content) ([]scan.Finding, error) {
	if content.Binary || len(p.rules) == 0 {
		return nil, nil
	}
	f, ok := frontOf(content.Path, content.Data)
	if ok && !p.options.IncludeGenerated {
		if foreignFolder(content.Path) != "" || minifiedName(content.Path) {
			ok = false
		} else if writtenByProgram(content.Data) {
			ok = false
			p.note(content, func() { p.written = append(p.written, content.Path) })
		}
	}
	if ok && path.Ext(content.Path) == "" {
		p.note(content, func() { p.scripts = true })
	}
	if ok && len(content.Data) > maxFile {
		ok = false
		p.note(content, func() { p.large = append(p.large, content.Path) })
	}
	if !ok {
		f = front{}
		if !p.anyFile || len(content.Data) > maxFile || foreignFolder(content.Path) != "" && !p.options.IncludeGenerated {
			return nil, nil
		}
	}
	e := &examination{detector: p.Detector, path: content.Path, front: f, source: string(content.Data)}
	findings := e.run(ctx)
	if e.tree != nil && e.tree.ErrorBytes > 0 {
		p.note(content, func() { p.partly[content.Path] = e.tree.ErrorBytes*10 > len(e.source) })
	}
	if len(e.cut) > 0 {
		p.note(content, func() { p.cut[content.Path] = e.cut })
	}
	return findings, nil
}

// note remembers something about a file besides its findings.
func (p *pass) note(content *scan.Content, remember func()) {
	content.Again = true
	p.mu.Lock()
	defer p.mu.Unlock()
	remember()
}

// End implements [scan.Pass].
func (p *pass) End(_ context.Context, tree *scan.Tree) (scan.Ending, error) {
	c := census{folders: map[string]int{}, absent: map[string]int{}}
	for _, f := range tree.Files() {
		c.add(f)
	}
	ending := scan.Ending{Notes: p.notes(&c)}
	ending.Idle = len(p.rules) == 0 || c.fronts == 0 && !p.scripts && !p.anyFile
	return ending, nil
}

// census counts the files of a tree by what the detector can do with them.
type census struct {
	// fronts counts the files with a front end, those that are left out among them.
	fronts int
	// folders counts the files of others' code, by the name of the folder; minified lists the others that are left out by
	// their names; absent counts the files without a front end, by language.
	folders  map[string]int
	minified []string
	absent   map[string]int
}

func (c *census) add(f scan.File) {
	if f.Mode != scan.ModeRegular && f.Mode != scan.ModeExecutable {
		return
	}
	if _, ok := frontOf(f.Path, nil); !ok {
		if language := absentLanguage(f.Path); language != "" && foreignFolder(f.Path) == "" {
			c.absent[language]++
		}
		// Without its content, a file without an extension may be a script.
		return
	}
	c.fronts++
	if folder := foreignFolder(f.Path); folder != "" {
		c.folders[folder]++
	} else if minifiedName(f.Path) {
		c.minified = append(c.minified, f.Path)
	}
}

// sortedKeys gives the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
