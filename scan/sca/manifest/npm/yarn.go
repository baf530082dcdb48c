package npm

import (
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// YarnFormats are the files of yarn, whose manifest is npm's.
var YarnFormats = []document.Format{
	{Name: "yarn.lock", Match: document.Named("yarn.lock"), Ecosystem: scan.EcosystemNPM, Lock: true, Whole: isYarnLock, Read: readYarnLock},
}

// newestYarn is the newest known version of Berry's file format.
const newestYarn = 9

// yarnLock reads a yarn.lock: version 1 (https://classic.yarnpkg.com/lang/en/docs/yarn-lock/), and Berry's, which is
// YAML (https://yarnpkg.com/advanced/lexicon, "locator", "descriptor"). Both name a package by the requests for it,
// which gives the graph.
type yarnLock struct {
	s *document.Source
	b *syntax.Block
	// names are the entries by the name under which others ask for them.
	names map[string][]int
	// listed are the names of all packages, including the project's own, last is the last of them, and asked are the names
	// that any of them requires.
	listed, asked map[string]bool
	last          string
	// linked is true if the last package has its last line, which Berry writes for each package.
	linked bool
}

// isYarnLock recognizes a file without packages: version 1 has a header, and Berry names the project itself.
func isYarnLock(s *document.Source) bool {
	return syntax.LineHas("# yarn lockfile v")(s) || s.Doc.Local
}

func readYarnLock(s *document.Source) error {
	y := &yarnLock{s: s, b: syntax.NewBlock(s), names: map[string][]int{}, listed: map[string]bool{}, asked: map[string]bool{}}
	err := y.b.Below(-1, y.entry)
	if len(y.s.Doc.Entries) == 0 && y.last != "" {
		y.last = " " // only the project itself, whose position in the order means nothing
		if !y.linked && err == nil {
			err = y.s.ErrAt(max(len(y.s.Data)-1, 0), "the lock file ends early: the project in it is truncated")
		}
	}
	y.s.EndsEarly(y.last, func(yield func(string) bool) {
		for name := range y.asked {
			if !y.listed[name] && !yield(name) {
				return
			}
		}
	})
	y.finish()
	return err
}

// entry reads one package: the requests for it on a line that ends in a colon, and the lines below it.
func (y *yarnLock) entry(line syntax.BlockLine) error {
	text, ok := strings.CutSuffix(y.b.Text(line), ":")
	start := line.Start
	if rest, long := strings.CutPrefix(text, "? "); long {
		text, start, ok = rest, start+2, true
	}
	if !ok {
		return y.s.ErrAt(line.Start, "not a line of a yarn.lock")
	}
	if text == "__metadata" {
		return y.b.Below(line.Indent, func(line syntax.BlockLine) error {
			if key, value, ok := yarnField(y.b.Text(line)); ok && key == "version" {
				y.s.LockVersion(value, line.Start, 1, newestYarn)
			}
			return nil
		})
	}
	descriptors := yarnDescriptors(text)
	if strings.HasPrefix(text, `"`) {
		start++
	}
	end := start + len(descriptors[0])
	p := yarnPackage{}
	y.linked = false
	if err := y.b.Below(line.Indent, func(line syntax.BlockLine) error { return y.field(line, &p) }); err != nil {
		return err
	}
	name, constraint := yarnDescriptor(descriptors[0])
	y.listed[name], y.last = true, name
	e := document.Entry{Package: scan.Package{Version: p.version}, Requires: p.requires}
	switch {
	case p.resolution != "":
		e.Package.Name, constraint = yarnDescriptor(p.resolution)
		e.Package.Origin = npmResolved(e.Package.Name, p.version, yarnReference(constraint))
	case p.resolved != "":
		e.Package.Name, _ = npmAlias(name, constraint)
		e.Package.Origin = npmResolved(e.Package.Name, p.version, p.resolved)
		if e.Package.Hash = document.IntegrityHash(p.integrity); e.Package.Hash == "" {
			if _, digest, ok := strings.Cut(p.resolved, "#"); ok && len(digest) == 40 && document.IsHex(digest) && e.Package.Origin == scan.OriginRegistry {
				e.Package.Hash = "sha1:" + digest
			}
		}
	default:
		e.Package.Name, constraint = npmAlias(name, constraint)
		e.Package.Origin = npmResolved(e.Package.Name, p.version, constraint)
		e.Package.Hash = document.IntegrityHash(p.integrity)
	}
	if p.version == "" {
		return y.s.ErrAt(start, "a package without its version")
	}
	if e.Package.Origin == scan.OriginLocal {
		y.s.Doc.Local = true
		// A part of the project: its dependencies are dependencies of the project. The file does not separate development
		// dependencies.
		if strings.Contains(constraint, "workspace:") {
			for _, key := range p.requires {
				y.s.Doc.Roots = append(y.s.Doc.Roots, document.Root{Key: key})
			}
			y.s.Doc.RootsUndecided = true
		}
		return nil
	}
	if e.Package.Name == "" {
		return nil
	}
	for _, d := range descriptors {
		e.Keys = append(e.Keys, yarnKeys(d)...)
	}
	y.names[name] = append(y.names[name], len(y.s.Doc.Entries))
	y.s.Add(e, start, end)
	return nil
}

// yarnPackage is the content below the line of a package.
type yarnPackage struct {
	version, resolved, resolution, integrity string
	requires                                 []string
}

func (y *yarnLock) field(line syntax.BlockLine, p *yarnPackage) error {
	key, value, ok := yarnField(y.b.Text(line))
	if !ok {
		return y.s.ErrAt(line.Start, "not a line of a yarn.lock")
	}
	switch key {
	case "linkType":
		y.linked = true
	case "version":
		p.version = value
	case "resolved":
		p.resolved = value
	case "resolution":
		p.resolution = value
	case "integrity":
		p.integrity = value
	case "dependencies", "optionalDependencies":
		return y.b.Below(line.Indent, func(line syntax.BlockLine) error {
			name, constraint, ok := yarnField(y.b.Text(line))
			if !ok {
				return y.s.ErrAt(line.Start, "not a line of a yarn.lock")
			}
			p.requires = append(p.requires, name+"@"+constraint)
			y.asked[name] = true
			return nil
		})
	}
	return nil
}

// finish maps a name to the only package with that name: if "resolutions" of the manifest override requests, nothing in
// the file says so.
func (y *yarnLock) finish() {
	known := make(map[string]bool, len(y.s.Doc.Entries))
	for name, list := range y.names {
		if e := &y.s.Doc.Entries[list[0]]; len(list) == 1 {
			e.Keys = append(e.Keys, name)
		}
	}
	for i := range y.s.Doc.Entries {
		for _, key := range y.s.Doc.Entries[i].Keys {
			known[key] = true
		}
	}
	for i := range y.s.Doc.Entries {
		for k, key := range y.s.Doc.Entries[i].Requires {
			if !known[key] {
				y.s.Doc.Entries[i].Requires[k], _ = yarnDescriptor(key)
			}
		}
	}
	for i := range y.s.Doc.Roots {
		if root := &y.s.Doc.Roots[i]; !known[root.Key] {
			root.Key, _ = yarnDescriptor(root.Key)
		}
	}
}

// yarnField splits `key "value"` (version 1) or "key: value" (Berry).
func yarnField(text string) (key, value string, ok bool) {
	if text[0] == '"' {
		n := syntax.QuotedLength(text)
		key, value = syntax.UnquoteYAML(text[:n]), text[n:]
	} else {
		n := strings.IndexAny(text, ": ")
		if n < 0 {
			return "", "", false
		}
		key, value = text[:n], text[n:]
	}
	value = strings.TrimSpace(strings.TrimPrefix(value, ":"))
	if value != "" && value[0] == '"' && (len(value) == 1 || value[len(value)-1] != '"') {
		return "", "", false
	}
	return key, syntax.UnquoteYAML(value), key != ""
}

// yarnDescriptors splits `"a@^1", b@2` (version 1) or `"a@npm:^1, a@npm:^2"` (Berry); it returns at least one.
func yarnDescriptors(text string) []string {
	var list []string
	for text != "" {
		n := 0
		if text[0] == '"' {
			n = syntax.QuotedLength(text)
			for one := range strings.SplitSeq(syntax.UnquoteYAML(text[:n]), ", ") {
				list = append(list, strings.TrimSpace(one))
			}
		} else {
			if n = strings.IndexByte(text, ','); n < 0 {
				n = len(text)
			}
			list = append(list, strings.TrimSpace(text[:n]))
		}
		text = strings.TrimLeft(text[n:], ", ")
	}
	if len(list) == 0 {
		list = []string{""}
	}
	return list
}

// yarnDescriptor splits "@scope/name@range".
func yarnDescriptor(text string) (name, constraint string) {
	if text == "" {
		return "", ""
	}
	at := strings.IndexByte(text[1:], '@')
	if at < 0 {
		return text, ""
	}
	return text[:at+1], text[at+2:]
}

// yarnReference returns the final target of a Berry locator: "patch:name@npm%3A1.0.0#…" is a modified package,
// "virtual:digest#npm:1.0.0" a package with its peers, and "::" begins parameters.
func yarnReference(text string) string {
	text, _, _ = strings.Cut(text, "::")
	if _, inner, ok := strings.Cut(text, "#"); ok && strings.HasPrefix(text, "virtual:") {
		text = inner
	}
	if inner, ok := strings.CutPrefix(text, "patch:"); ok {
		inner, _, _ = strings.Cut(inner, "#")
		if decoded, err := url.PathUnescape(inner); err == nil {
			inner = decoded
		}
		_, text = yarnDescriptor(inner)
	}
	return strings.TrimPrefix(text, "npm:")
}

// yarnKeys are the forms in which others may write a descriptor: manifests and older Berry files omit "npm:", only the
// lock file writes parameters, and yarn's own patch replaces the package.
func yarnKeys(descriptor string) []string {
	keys := []string{descriptor}
	name, constraint := yarnDescriptor(descriptor)
	if plain, ok := strings.CutPrefix(constraint, "npm:"); ok {
		return append(keys, name+"@"+plain)
	}
	bare, _, ok := strings.Cut(constraint, "::")
	if ok {
		keys = append(keys, name+"@"+bare)
	}
	if strings.HasPrefix(bare, "patch:") && strings.Contains(bare, "~builtin") {
		plain := yarnReference(bare)
		keys = append(keys, name+"@"+plain, name+"@npm:"+plain)
	}
	return keys
}
