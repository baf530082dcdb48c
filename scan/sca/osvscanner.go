package sca

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/sluice-scan/sluice/scan"
)

// OSVScannerFile is the name of osv-scanner's configuration file, which applies to the files in its own folder
// (https://google.github.io/osv-scanner/configuration/).
const OSVScannerFile = "osv-scanner.toml"

// ReadOSVScanner reads osv-scanner's configuration; name is its path in the tree. The warnings name the entries that
// have no effect.
func ReadOSVScanner(name string, data []byte) (ignore []scan.DependencyIgnore, warnings []string, err error) {
	var wire struct {
		IgnoredVulns []struct {
			ID          string    `toml:"id"`
			IgnoreUntil time.Time `toml:"ignoreUntil"`
			Reason      string    `toml:"reason"`
		}
		PackageOverrides []struct {
			Name           string    `toml:"name"`
			NameIsRegex    bool      `toml:"nameIsRegex"`
			Version        string    `toml:"version"`
			Ecosystem      string    `toml:"ecosystem"`
			Group          string    `toml:"group"`
			Ignore         bool      `toml:"ignore"`
			EffectiveUntil time.Time `toml:"effectiveUntil"`
			Reason         string    `toml:"reason"`
			Vulnerability  struct {
				Ignore bool `toml:"ignore"`
			} `toml:"vulnerability"`
			License struct {
				Ignore   bool     `toml:"ignore"`
				Override []string `toml:"override"`
			} `toml:"license"`
		}
	}
	if err := toml.Unmarshal(data, &wire); err != nil {
		var problem *toml.DecodeError
		if errors.As(err, &problem) {
			line, _ := problem.Position()
			return nil, nil, fmt.Errorf("%s: not valid TOML", entryAt(name, line))
		}
		return nil, nil, fmt.Errorf("%s: not valid TOML, or a value of another type than expected", name)
	}
	warn := func(line int, format string, args ...any) {
		warnings = append(warnings, entryAt(name, line)+": "+fmt.Sprintf(format, args...))
	}
	dir := path.Dir(name)
	places := headings(data)
	for i, v := range wire.IgnoredVulns {
		line := places.of("IgnoredVulns", i)
		if v.ID == "" {
			warn(line, "the entry names no id and is not used")
			continue
		}
		ignore = append(ignore, scan.DependencyIgnore{ID: v.ID, Dir: dir, Reason: v.Reason, Expires: v.IgnoreUntil, Source: entryAt(name, line)})
	}
	for i, o := range wire.PackageOverrides {
		line := places.of("PackageOverrides", i)
		if o.Group != "" {
			warn(line, "group is not honoured; leave development dependencies out with \"dependencies: {development: false}\" in %s", scan.PolicyFile)
			continue
		}
		if o.Name == "" {
			warn(line, "the entry names no package and is not used; name one for each")
			continue
		}
		if len(o.License.Override) > 0 {
			warn(line, "license.override is not honoured")
		}
		entry := scan.DependencyIgnore{
			Package: o.Name, Version: o.Version, Ecosystem: scan.Ecosystem(o.Ecosystem), Dir: dir, Reason: o.Reason, Expires: o.EffectiveUntil,
			Source: entryAt(name, line),
		}
		if o.NameIsRegex {
			// The pattern is anchored at both ends; an invalid one is an error of the file
			// (https://google.github.io/osv-scanner/configuration/#override-packages).
			if entry.Pattern, err = regexp.Compile("^(?:" + o.Name + ")$"); err != nil {
				return nil, nil, fmt.Errorf("%s: name is not a valid regular expression (nameIsRegex is true)", entryAt(name, line))
			}
		}
		if o.Ignore || o.Vulnerability.Ignore {
			ignore = append(ignore, entry)
		}
		if o.Ignore || o.License.Ignore {
			entry.License = true
			ignore = append(ignore, entry)
		}
	}
	return ignore, warnings, nil
}

// tableLines holds the lines of the headings of arrays of tables in a TOML file, by name.
type tableLines map[string][]int

func headings(data []byte) tableLines {
	lines := tableLines{}
	number := 0
	for line := range strings.SplitSeq(string(data), "\n") {
		number++
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "[["); ok {
			name, _, _ = strings.Cut(name, "]]")
			name = strings.TrimSpace(name)
			lines[name] = append(lines[name], number)
		}
	}
	return lines
}

// of returns the line of an entry; 0 if it is not known, because the array can also be written in one line.
func (t tableLines) of(name string, i int) int {
	if i < len(t[name]) {
		return t[name][i]
	}
	return 0
}
