package manifest

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// cabalFormats are the files of Haskell's Cabal.
var cabalFormats = []format{
	{name: "cabal.project.freeze", match: named("cabal.project.freeze"), ecosystem: scan.EcosystemHackage, lock: true, whole: lineHas("constraints:", "active-repositories:", "index-state:"), read: readCabalFreeze},
}

// readCabalFreeze reads the output of "cabal freeze"
// (https://cabal.readthedocs.io/en/stable/cabal-project-description-file.html#cfg-field-constraints): "constraints:
// any.name ==1.0, name +flag", over many lines.
func readCabalFreeze(s *source) error {
	inside, more := false, false
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.data), "\n") {
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
			_, p.Name, ok = cutLast(name, ".")
			if !ok {
				p.Name = name
			}
			p.Development = strings.HasPrefix(name, "setup.")
			at += len(name) - len(p.Name)
			s.add(Entry{Package: p}, at, at+len(p.Name))
		}
	}
	if more {
		s.withoutEnd("constraint after the last comma")
	}
	return nil
}
