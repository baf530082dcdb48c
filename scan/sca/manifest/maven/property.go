package maven

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// The limits for nested properties of poms, so that a property that refers to itself ends.
const (
	maxPropertySteps = 200
	// maxTreeSteps limits the replacements and lookups for all poms together; a large tree has several hundred thousand.
	maxTreeSteps = 2_000_000
)

var (
	errPropertyCycle = errors.New("a property refers to itself endlessly, or grows beyond 4096 bytes")
	errPropertyMany  = errors.New("reading the poms of the tree takes more than 2000000 properties")
)

// replacer replaces the properties in texts of one project or of its parents.
type replacer struct {
	t *tree
	m *model
	// own is the profile that contains the text, and chosen the profile of the build; nil if there is none.
	own, chosen *profile
	// profiles would give another value to one of the replaced properties.
	profiles []*profile
	// at is the place of the last property that determined the text; nil if there was none.
	at *scan.Place
}

// text replaces the known properties of a text. The properties of a dependency's profile take precedence.
func (t *tree) text(m *model, d *dependency, text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	x := replacer{t: t, m: m}
	if d != nil {
		x.own = d.profile
	}
	return x.replace(text)
}

func (x *replacer) replace(text string) string {
	x.at = nil
	if !strings.Contains(text, "${") {
		return text
	}
	if x.t.steps > maxTreeSteps {
		x.t.fail(x.m, errPropertyMany)
		return text
	}
	steps := 0
	out, ok := x.expand(text, &steps, 0)
	if x.t.steps += steps; !ok {
		x.t.fail(x.m, errPropertyCycle)
		return text
	}
	return out
}

// expand replaces the properties of a text, and those in their values. It limits the steps and the length, because
// values can contain each other repeatedly.
func (x *replacer) expand(text string, steps *int, depth int) (string, bool) {
	if len(text) > document.MaxExpandedBytes {
		return "", false
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		name, behind, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(text)
			return b.String(), b.Len() <= document.MaxExpandedBytes
		}
		b.WriteString(before)
		if *steps++; *steps > maxPropertySteps || depth > document.MaxExpansions {
			return "", false
		}
		if value, at, ok := x.property(name); ok {
			inner, ok := x.expand(value, steps, depth+1)
			if !ok {
				return "", false
			}
			if x.at == nil {
				x.at = at
			}
			b.WriteString(inner)
		} else {
			b.WriteString("${" + name + "}")
		}
		if b.Len() > document.MaxExpandedBytes {
			return "", false
		}
		text = behind
	}
}

// property finds the value of a property (https://maven.apache.org/pom.html#properties), and its place; at is nil for
// the fields of a project.
func (x *replacer) property(name string) (value string, at *scan.Place, ok bool) {
	for _, profile := range x.m.profiled(name) {
		if profile != x.own && profile != x.chosen && !slices.Contains(x.profiles, profile) {
			x.profiles = append(x.profiles, profile)
		}
	}
	for _, profile := range []*profile{x.own, x.chosen} {
		if profile != nil {
			if p, ok := profile.properties[name]; ok {
				return p.text, &p.at, true
			}
		}
	}
	for _, m := range x.m.chain {
		if p, ok := m.properties[name]; ok {
			return p.text, &p.at, true
		}
	}
	value = x.m.ofProject(name)
	// A template names the project ${artifactId}, which is filled in when somebody uses it.
	return value, nil, value != "" && !strings.Contains(value, "${"+name+"}")
}

// ofProject returns a field of a project, or else of its parent.
func (m *model) ofProject(name string) string {
	parent := parent{}
	if m.parent != nil {
		parent = *m.parent
	}
	switch strings.TrimPrefix(strings.TrimPrefix(name, "project."), "pom.") {
	case "groupId":
		return cmp.Or(m.group, parent.group)
	case "artifactId":
		return m.artifact
	case "version":
		return cmp.Or(m.version, parent.version)
	case "parent.groupId":
		return parent.group
	case "parent.artifactId":
		return parent.artifact
	case "parent.version":
		return parent.version
	}
	return ""
}

// profiled returns the profiles of a project and its parents that have a property with that name.
func (m *model) profiled(name string) []*profile {
	if m.byName == nil {
		m.byName = map[string][]*profile{}
		for _, p := range m.chain {
			for _, profile := range p.profiles {
				for name := range profile.properties {
					m.byName[name] = append(m.byName[name], profile)
				}
			}
		}
	}
	return m.byName[name]
}
