package ecosystems

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// RubyFormats are the files of Ruby's Bundler, and of Appraisal, which has a lock file for each set of versions.
var RubyFormats = []document.Format{
	{Name: "Gemfile.lock", Match: isGemfileLock, Ecosystem: scan.EcosystemRubyGems, Lock: true, Whole: syntax.LineHas("DEPENDENCIES", "GEM", "PATH", "PLATFORMS"), Read: readGemfileLock},
}

func isGemfileLock(base, _ string) bool {
	return base == "Gemfile.lock" || base == "gems.locked" || strings.HasSuffix(base, ".gemfile.lock")
}

// readGemfileLock reads a Bundler lock file
// (https://github.com/rubygems/rubygems/blob/master/bundler/lib/bundler/lockfile_parser.rb). The indentation gives the
// structure: sections, their options at two spaces, packages at four, and their dependencies at six. The file does not
// tell what is for development.
func readGemfileLock(s *document.Source) error {
	var failed error
	section := ""
	last := -1 // the entry to which lines at six spaces belong
	local := false
	ended := false // the section that Bundler writes after the package sections has begun
	at := map[string]int{}
	listed := map[string]bool{} // including the gems of the project itself
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.Data), "\n") {
		start := offset
		offset += len(line)
		text := strings.TrimRight(line, " \t\r\n")
		if start == 0 && strings.HasPrefix(text, "\ufeff") {
			start, text = 3, text[3:]
		}
		name := strings.TrimLeft(text, " ")
		indent := len(text) - len(name)
		if name == "" {
			continue
		}
		name, rest, _ := strings.Cut(name, " ")
		if failed == nil && indent > 0 && (strings.HasPrefix(rest, "(") || indent == 4 && isGemSource(section)) && !strings.Contains(rest, ")") {
			failed = s.ErrAt(start, "a package without its version")
		}
		switch {
		case indent == 0 && (text[0] < 'A' || text[0] > 'Z'):
			// Bundler skips such a line and continues with the section.
			if failed == nil {
				failed = s.ErrAt(start, "not a line of a Gemfile.lock")
			}
		case indent == 0:
			section, last, local = text, -1, false
			ended = ended || section == "DEPENDENCIES"
		case indent == 4 && failed == nil && !gemSections[section] && strings.HasPrefix(rest, "("):
			failed = s.ErrAt(start, "gems in a section that is not known")
		case section == "DEPENDENCIES" && indent == 2:
			s.Doc.Roots = append(s.Doc.Roots, document.Root{Key: strings.TrimSuffix(name, "!")})
		case section == "CHECKSUMS" && indent == 2:
			version, sum, _ := strings.Cut(rest, " ")
			if i, ok := at[name+" "+gemVersion(version)]; ok && s.Doc.Entries[i].Package.Hash == "" {
				sum, _, _ = strings.Cut(sum, ",")
				s.Doc.Entries[i].Package.Hash = document.TaggedHash(sum)
			}
		case indent == 4 && isGemSource(section):
			listed[name] = true
			last, local = -1, section == "PATH"
			s.Doc.Local = s.Doc.Local || local
			if local || !strings.HasPrefix(rest, "(") {
				continue
			}
			p := scan.Package{Name: name, Version: gemVersion(rest)}
			if section == "GIT" {
				p.Origin = scan.OriginGit
			}
			// The builds for several platforms count as one package.
			id := name + " " + p.Version
			if i, ok := at[id]; ok {
				last = i
				continue
			}
			last = len(s.Doc.Entries)
			at[id] = last
			s.Add(document.Entry{Package: p}, start+indent, start+indent+len(name))
		case indent == 6 && local:
			s.Doc.Roots = append(s.Doc.Roots, document.Root{Key: name})
		case indent == 6 && last >= 0:
			e := &s.Doc.Entries[last]
			e.Requires = append(e.Requires, name)
		}
	}
	if len(listed) > 0 && !ended {
		s.WithoutEnd("DEPENDENCIES")
	}
	s.EndsEarly(lastGem(s.Doc.Entries), func(yield func(string) bool) {
		for i := range s.Doc.Entries {
			for _, name := range s.Doc.Entries[i].Requires {
				if name != "bundler" && !listed[name] && !yield(name) {
					return
				}
			}
		}
	})
	return failed
}

// lastGem returns the name of the last gem in the registry's section, which is sorted by name.
func lastGem(entries []document.Entry) string {
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].Package.Origin == scan.OriginRegistry {
			return entries[i].Package.Name
		}
	}
	return ""
}

// gemSections are the sections that Bundler writes (lockfile_parser.rb).
var gemSections = map[string]bool{
	"GEM": true, "GIT": true, "PATH": true, "PLUGIN SOURCE": true, "PLATFORMS": true, "DEPENDENCIES": true, "CHECKSUMS": true,
	"RUBY VERSION": true, "BUNDLED WITH": true,
}

// isGemSource reports whether a section lists packages.
func isGemSource(section string) bool {
	return section == "GEM" || section == "GIT" || section == "PATH" || section == "PLUGIN SOURCE"
}

// gemVersion returns the version of "(1.15.4-x86_64-linux)" without the platform: versions contain no dash there
// (lockfile_parser.rb: NAME_VERSION).
func gemVersion(text string) string {
	version, _, _ := strings.Cut(strings.Trim(text, "()!"), "-")
	return version
}
