package python

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// option reads a line that begins with a dash. It ignores options that name no package.
func (r *requirements) option(text string, start int) bool {
	name, value := text, ""
	switch i := strings.IndexAny(text, " \t="); {
	case i > 0:
		name, value = text[:i], strings.TrimLeft(text[i:], " \t=")
	case len(text) > 2 && text[1] != '-':
		name, value = text[:2], text[2:]
	}
	switch name {
	case "-r", "--requirement":
		r.include(strings.Trim(value, `"'`), start, false)
	case "-c", "--constraint":
		r.include(strings.Trim(value, `"'`), start, true)
	case "-e", "--editable":
		if p, ok := addressRequirement(value); ok {
			at := start + strings.LastIndex(text, value)
			return r.add(p, at, at+len(value))
		}
	}
	return len(name) > 1
}

func (r *requirements) include(target string, start int, constraint bool) {
	if target == "" || strings.Contains(target, "://") {
		return // pip would fetch it
	}
	name := path.Join(path.Dir(r.s.Path), target)
	if path.IsAbs(target) || name == ".." || strings.HasPrefix(name, "../") {
		if r.outside < 0 {
			r.outside = start
		}
		return
	}
	r.s.Doc.Includes = append(r.s.Doc.Includes, name)
	if constraint {
		r.s.Doc.Constraints = append(r.s.Doc.Constraints, name)
	}
}

// addressRequirement parses a bare address ("git+https://host/owner/name@tag#egg=name",
// "https://host/name-1.0-py3-none-any.whl"); ok is false for other texts. The name comes from the fragment, the wheel,
// or the end of the path.
func addressRequirement(text string) (p scan.Package, ok bool) {
	scheme, rest, isAddress := strings.Cut(text, "://")
	if !isAddress || strings.ContainsAny(scheme, " \t@=<>;[") {
		return p, false
	}
	text, _, _ = strings.Cut(text, " ") // a marker
	p.Origin = pythonOrigin(text)
	if name, version, ok := pythonArchive(text); ok && p.Origin != scan.OriginGit {
		p.Name, p.Version, p.Origin = name, version, scan.OriginRegistry
		return p, true
	}
	if p.Origin == scan.OriginLocal {
		return p, true
	}
	rest, _, _ = strings.Cut(rest, " ")
	rest, fragment, _ := strings.Cut(rest, "#")
	for part := range strings.SplitSeq(fragment, "&") {
		if egg, isEgg := strings.CutPrefix(part, "egg="); isEgg {
			p.Name, _, _ = strings.Cut(egg, "[")
			return p, true
		}
	}
	rest, _, _ = strings.Cut(rest, "?")
	base := path.Base(rest)
	base, _, _ = strings.Cut(base, "@")
	for _, suffix := range []string{".git", ".zip", ".tar.gz", ".whl"} {
		base = strings.TrimSuffix(base, suffix)
	}
	p.Name = base
	return p, true
}
