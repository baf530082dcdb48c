package golang

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// Formats are the files of Go.
var Formats = []document.Format{
	{Name: "go.mod", Match: document.Named("go.mod"), Ecosystem: scan.EcosystemGo, Read: readGoMod},
	{Name: "go.work", Match: document.Named("go.work"), Ecosystem: scan.EcosystemGo, Read: readGoMod},
}

// goModule is a module of a require directive.
type goModule struct {
	path, version goToken
	indirect      bool
}

// goMod is the content of a go.mod.
type goMod struct {
	language, toolchain goToken
	require             []goModule
	// replace holds the replace directives by their left sides: "path" and "path version".
	replace map[string]goReplacement
	tools   []string
	// use are the folders of a workspace.
	use []string
}

// goReplacement is the right side of a replace directive: a folder, or a module and its version.
type goReplacement struct {
	words []goToken
	at    scan.Place
}

// readGoMod reads a go.mod or a go.work (https://go.dev/ref/mod#go-mod-file, #go-work-file). Since Go 1.17 it names
// every module that a build needs, and a comment marks the indirect ones. The exclude and retract directives do not
// matter here.
func readGoMod(s *document.Source) error {
	mod := &goMod{replace: map[string]goReplacement{}}
	err := mod.scan(s)
	mod.place(s)
	s.Doc.Detail = mod
	// The toolchain line names the version that the go command uses; the go line is only a minimum
	// (https://go.dev/doc/toolchain#config).
	toolchain, minimum := mod.toolchain, false
	if !strings.HasPrefix(toolchain.text, "go") {
		toolchain, minimum = mod.language, true
	}
	if version := goToolchainVersion(toolchain.text); version != "" {
		p := scan.Package{Name: scan.GoStandardLibrary, Version: version, Relation: scan.RelationDirect, Minimum: minimum}
		s.Add(document.Entry{Package: p}, toolchain.start, toolchain.end)
	}
	if s.Doc.Kind == "go.work" {
		return err
	}
	tools := mod.toolModules()
	for _, m := range mod.require {
		p := scan.Package{Name: m.path.text, Version: strings.TrimPrefix(m.version.text, "v"), Relation: scan.RelationDirect}
		if m.indirect {
			if p.Development = tools[m.path.text]; !p.Development {
				p.Relation = scan.RelationTransitive
			}
		}
		s.Add(document.Entry{Package: p}, m.path.start, m.path.end)
	}
	return err
}

// toolModules returns the modules that contain the packages of tool directives: of several candidates, the one with the
// longest path (https://go.dev/ref/mod#resolve-pkg-mod).
func (m *goMod) toolModules() map[string]bool {
	if len(m.tools) == 0 {
		return nil
	}
	required := make(map[string]bool, len(m.require))
	for _, module := range m.require {
		required[module.path.text] = true
	}
	found := map[string]bool{}
	for _, tool := range m.tools {
		for dir, steps := tool, 0; dir != "" && steps < syntax.MaxDepth; steps++ {
			if required[dir] {
				found[dir] = true
				break
			}
			dir = dir[:max(strings.LastIndexByte(dir, '/'), 0)]
		}
	}
	return found
}

// scan reads the directives.
func (m *goMod) scan(s *document.Source) error {
	var failed error
	block := ""
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.Data), "\n") {
		tokens, comment, ok := goTokens(line, offset)
		if !ok && failed == nil {
			failed = s.ErrAt(offset, "a quote is not closed")
		}
		offset += len(line)
		switch {
		case len(tokens) == 0:
			continue
		case block != "" && tokens[0].is(")"):
			block = ""
			continue
		case block == "" && len(tokens) == 2 && tokens[1].is("("):
			block = tokens[0].text
			continue
		case block == "" && len(tokens) == 3 && tokens[1].is("(") && tokens[2].is(")"):
			continue
		}
		verb := block
		if verb == "" {
			verb, tokens = tokens[0].text, tokens[1:]
		}
		if !m.directive(verb, tokens, comment) && failed == nil {
			failed = s.ErrAt(offset-len(line), "a directive without its words")
		}
	}
	if block != "" && failed == nil {
		failed = s.ErrAt(len(s.Data), "a block is not closed")
	}
	return failed
}

// directive reads one directive; false means that words are missing. Unknown directives are ignored, as Go does for
// other modules.
func (m *goMod) directive(verb string, words []goToken, comment string) bool {
	switch verb {
	case "go", "toolchain", "tool", "use":
		if len(words) == 0 {
			return false
		}
		switch verb {
		case "go":
			m.language = words[0]
		case "toolchain":
			m.toolchain = words[0]
		case "use":
			m.use = append(m.use, words[0].text)
		default:
			m.tools = append(m.tools, words[0].text)
		}
	case "require":
		if len(words) < 2 {
			return false
		}
		// As in Go, the comment must be exactly "indirect", or begin with "indirect;".
		indirect := comment == "indirect" || strings.HasPrefix(comment, "indirect;")
		m.require = append(m.require, goModule{path: words[0], version: words[1], indirect: indirect})
	case "replace":
		for i, word := range words {
			if !word.is("=>") {
				continue
			}
			left, right := words[:i], words[i+1:]
			if len(left) == 0 || len(left) > 2 || len(right) == 0 || len(right) > 2 {
				return false
			}
			key := left[0].text
			if len(left) == 2 {
				key += " " + left[1].text
			}
			m.replace[key] = goReplacement{words: right}
			return true
		}
		return false
	}
	return true
}

// isGoFolder reports whether the right side of a replace directive is a folder: it begins with ./ or ../, or is
// absolute.
func isGoFolder(text string) bool {
	return text == "." || text == ".." || strings.HasPrefix(text, "./") || strings.HasPrefix(text, "../") || strings.HasPrefix(text, "/") ||
		strings.HasPrefix(text, `.\`) || strings.HasPrefix(text, `..\`) || len(text) > 1 && text[1] == ':'
}

// goToolchainVersion returns the version of "go1.21.3", "go1.21.3-custom" or "1.21.3"
// (https://go.dev/doc/toolchain#name); "" for other texts.
func goToolchainVersion(text string) string {
	version, _, _ := strings.Cut(strings.TrimPrefix(text, "go"), "-")
	version, _, _ = strings.Cut(version, "+")
	if version == "" || version[0] < '0' || version[0] > '9' {
		return ""
	}
	return version
}

// modOf returns the content of a go.mod or go.work; nil for other files.
func modOf(doc *document.Document) *goMod {
	detail, _ := doc.Detail.(*goMod)
	return detail
}
