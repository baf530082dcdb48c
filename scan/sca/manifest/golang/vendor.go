package golang

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// ReadVendored reads the output of "go mod vendor" (https://go.dev/ref/mod#vendoring): "# path version",
// optionally with "=> path version", then the packages of the module. A module without packages is not vendored.
func ReadVendored(s *document.Source) error {
	offset := 0
	var module goToken
	relation := scan.RelationTransitive
	version := ""
	for line := range strings.SplitAfterSeq(string(s.Data), "\n") {
		start := offset
		offset += len(line)
		text := strings.TrimSpace(line)
		switch {
		case text == "":
		case strings.HasPrefix(text, "## "):
			if strings.HasPrefix(text, "## explicit") {
				relation = scan.RelationDirect
			}
		case strings.HasPrefix(text, "# "):
			module, version, relation = goToken{}, "", scan.RelationTransitive
			words, _, _ := goTokens(line[strings.IndexByte(line, '#')+1:], start+strings.IndexByte(line, '#')+1)
			if i := slices.IndexFunc(words, func(w goToken) bool { return w.text == "=>" }); i >= 0 {
				words = words[i+1:]
			}
			if len(words) == 2 {
				module, version = words[0], strings.TrimPrefix(words[1].text, "v")
			}
		case module.text != "":
			s.Add(document.Entry{Package: scan.Package{Name: module.text, Version: version, Relation: relation}}, module.start, module.end)
			module = goToken{}
		}
	}
	return nil
}
