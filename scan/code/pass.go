package code

import (
	"cmp"
	"context"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/rule"
)

// pass examines one tree.
type pass struct {
	*Detector
	mu sync.Mutex
	// gaps say what the rules did not see of files, by path.
	gaps map[string]gap
	// written are files left out because of their content, large those that are too large.
	written, large []string
	// left counts the files in languages of rules that are left out because of their content or size.
	left int
	// data counts the files in languages of configuration that hold data.
	data int
	// scripts says that a file without an extension has a front end by its `#!` line.
	scripts bool
	members members
}

func newPass(d *Detector) *pass {
	return &pass{Detector: d, gaps: map[string]gap{}, members: members{by: map[string]*member{}}}
}

// File implements [scan.Pass].
func (p *pass) File(ctx context.Context, content *scan.Content) ([]scan.Finding, error) {
	if len(p.rules) == 0 || p.ignore.match(content.Path) {
		return nil, nil
	}
	f, ok := p.frontFor(content)
	if ok && path.Ext(content.Path) == "" && p.ruled[f.language] {
		p.note(content, func() { p.scripts = true })
	}
	if !ok {
		p.members.add(content.Path, nil)
		if content.Binary || !p.anyFile || len(content.Data) > maxFile || foreignFolder(content.Path) != "" && !p.options.IncludeGenerated {
			return nil, nil
		}
	}
	e := &examination{detector: p.Detector, path: content.Path, front: f, source: string(content.Data)}
	findings := e.search(ctx)
	switch {
	case ok && configuration[f.language]:
		p.members.add(content.Path, nil)
	case ok && p.join(content.File, e):
		content.Again = true
	}
	if g := e.gap(); !g.none() {
		p.note(content, func() { p.miss(content.Path, g) })
	}
	return findings, nil
}

// frontFor finds the front end with which a file is examined. ok is false for a file that is not looked at.
func (p *pass) frontFor(content *scan.Content) (f front, ok bool) {
	f, ok = frontOf(content.Path, content.Data)
	if !ok || !p.looksAt(content, f) {
		return front{}, false
	}
	return f, true
}

// looksAt reports whether a file with a front end is looked at, and remembers why it is not.
func (p *pass) looksAt(content *scan.Content, f front) bool {
	leave := func(list *[]string) bool {
		p.note(content, func() {
			if list != nil {
				*list = append(*list, content.Path)
			}
			if p.ruled[f.language] && (p.options.IncludeGenerated || foreignFolder(content.Path) == "" && !minifiedName(content.Path)) {
				p.left++
			}
		})
		return false
	}
	switch {
	case content.Binary:
		return leave(nil)
	case !p.options.IncludeGenerated && (foreignFolder(content.Path) != "" || minifiedName(content.Path)):
		return false
	case !p.options.IncludeGenerated && !configuration[f.language] && writtenByProgram(content.Data):
		return leave(&p.written)
	case isData(content, f):
		if p.ruled[f.language] {
			p.note(content, func() { p.data++ })
		}
		return leave(nil)
	case len(content.Data) > maxFile:
		return leave(&p.large)
	case translation(content):
		return leave(nil)
	}
	return true
}

// note remembers something about a file besides its findings.
func (p *pass) note(content *scan.Content, remember func()) {
	content.Again = true
	p.mu.Lock()
	defer p.mu.Unlock()
	remember()
}

// End implements [scan.Pass].
func (p *pass) End(ctx context.Context, tree *scan.Tree) (scan.Ending, error) {
	findings, err := p.across(ctx, tree)
	if err != nil {
		return scan.Ending{}, err
	}
	c := census{pass: p, folders: map[string]int{}, unruled: map[string]int{}, present: map[rule.Language]bool{}}
	for _, f := range tree.Files() {
		c.add(f)
	}
	ending := scan.Ending{Findings: findings, Notes: p.notes(&c), Failures: slices.Concat(p.incomplete(), p.notRun(&c))}
	ending.Idle = len(p.rules) == 0 || c.fronts <= p.left && !p.scripts && (!p.anyFile || c.files == 0)
	return ending, nil
}

// census counts the files of a tree by what the detector can do with them.
type census struct {
	*pass
	// files counts the files that are not in folders of others' code; fronts counts those of them in languages for which a
	// rule runs, unless their names say that they are left out.
	files, fronts int
	// folders counts the files of others' code that have a front end, by the name of the folder; minified lists the others
	// that are left out by their names; unruled counts the files of program code at which no rule looks, by language.
	folders  map[string]int
	minified []string
	// ignored counts the files that .semgrepignore leaves out.
	ignored int
	unruled map[string]int
	// present are the languages of files that are not left out by their names.
	present map[rule.Language]bool
}

func (c *census) add(f scan.File) {
	if f.Mode != scan.ModeRegular && f.Mode != scan.ModeExecutable {
		return
	}
	if c.ignore.match(f.Path) {
		c.ignored++
		return
	}
	language, folder := kindOf(f.Path), foreignFolder(f.Path)
	if !c.options.IncludeGenerated {
		if folder != "" {
			if hasFront(language) {
				c.folders[folder]++
			}
			return
		}
		if hasFront(language) && minifiedName(f.Path) {
			c.files++
			c.minified = append(c.minified, f.Path)
			return
		}
	}
	c.files++
	// Without its content, a file without an extension may be a script.
	if language == "" {
		return
	}
	c.present[language] = true
	switch name := programs[language]; {
	case c.ruled[language]:
		c.fronts++
	case name != "" && folder == "":
		c.unruled[name]++
	}
}

// sortedKeys gives the keys of a map in order.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
