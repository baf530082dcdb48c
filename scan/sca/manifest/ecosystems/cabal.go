package ecosystems

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// CabalFormats are the files of Haskell's Cabal.
var CabalFormats = []document.Format{
	{Name: "cabal.project.freeze", Match: document.Named("cabal.project.freeze"), Ecosystem: scan.EcosystemHackage, Lock: true, Whole: syntax.LineHas("constraints:", "active-repositories:", "index-state:"), Read: readCabalFreeze},
}

// readCabalFreeze reads the output of "cabal freeze"
// (https://cabal.readthedocs.io/en/stable/cabal-project-description-file.html#cfg-field-constraints): "constraints:
// any.name ==1.0, name +flag", over many lines.
func readCabalFreeze(s *document.Source) error {
	inside, more := false, false
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.Data), "\n") {
		start := offset
		offset += len(line)
		text := strings.TrimRight(strings.TrimPrefix(line, "\ufeff"), " \t\r\n")
		start += strings.Index(line, text)
		if trimmed := strings.TrimLeft(text, " \t"); trimmed == "" || strings.HasPrefix(trimmed, "--") {
			continue
		}
		if text[0] != ' ' && text[0] != '\t' {
			field, value, _ := strings.Cut(text, ":")
			inside = strings.EqualFold(strings.TrimSpace(field), "constraints")
			start += len(text) - len(value)
			text = value
		}
		if !inside {
			continue
		}
		more = strings.HasSuffix(text, ",")
		for part := range strings.SplitSeq(text, ",") {
			at := start + len(part) - len(strings.TrimLeft(part, " \t"))
			start += len(part) + 1
			name, version, ok := strings.Cut(part, "==")
			name, version = strings.TrimSpace(name), strings.TrimSpace(version)
			if !ok || name == "" || version == "" || strings.ContainsAny(version, "*|&<>= ") {
				continue
			}
			p := scan.Package{Version: version}
			// A qualifier limits the constraint: to any package, to setup, or to the setup of another package.
			_, p.Name, ok = document.CutLast(name, ".")
			if !ok {
				p.Name = name
			}
			p.Development = strings.HasPrefix(name, "setup.")
			at += len(name) - len(p.Name)
			s.Add(document.Entry{Package: p}, at, at+len(p.Name))
		}
	}
	if more {
		s.WithoutEnd("constraint after the last comma")
	}
	return nil
}
