package manifest

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// The limits of what the properties of poms may refer to, so that one that refers to itself ends.
const (
	maxPropertyDepth = 50
	maxPropertySteps = 200
	maxPropertyBytes = 4096
	// maxTreeSteps bounds what is replaced and looked up for all poms together; a large tree has some hundred thousand.
	maxTreeSteps = 2_000_000
)

var (
	errPropertyCycle = errors.New("a property refers to itself without an end, or grows beyond 4096 bytes")
	errPropertyMany  = errors.New("the poms of the tree take more than 2000000 properties to read")
)

// mavenText replaces the properties of texts that stand in one project or in what it inherits.
type mavenText struct {
	t *mavenTree
	m *mavenModel
	// own is the profile that the text stands in, and chosen the one that the build is run with; nil for none.
	own, chosen *mavenProfile
	// profiles are those that would give another value to one of the properties that were replaced.
	profiles []*mavenProfile
	// at is where the property stands that set the text replaced last; nil when none did.
	at *scan.Place
}

// text replaces the properties of a text, as far as they are known. Those of a dependency's profile come first.
func (t *mavenTree) text(m *mavenModel, d *mavenDependency, text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	x := mavenText{t: t, m: m}
	if d != nil {
		x.own = d.profile
	}
	return x.replace(text)
}

func (x *mavenText) replace(text string) string {
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

// expand replaces the properties of a text, and those of their values. The steps and the length are bounded, because values
// can hold each other, and each other twice.
func (x *mavenText) expand(text string, steps *int, depth int) (string, bool) {
	if len(text) > maxPropertyBytes {
		return "", false
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		name, behind, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(text)
			return b.String(), b.Len() <= maxPropertyBytes
		}
		b.WriteString(before)
		if *steps++; *steps > maxPropertySteps || depth > maxPropertyDepth {
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
		if b.Len() > maxPropertyBytes {
			return "", false
		}
		text = behind
	}
}

// property finds the value of a property (https://maven.apache.org/pom.html#properties), and where it stands; at is nil for
// what a project says of itself.
func (x *mavenText) property(name string) (value string, at *scan.Place, ok bool) {
	for _, profile := range x.m.profiled(name) {
		if profile != x.own && profile != x.chosen && !slices.Contains(x.profiles, profile) {
			x.profiles = append(x.profiles, profile)
		}
	}
	for _, profile := range []*mavenProfile{x.own, x.chosen} {
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
	// A template gives a project the name ${artifactId}, which is filled in when somebody uses it.
	return value, nil, value != "" && !strings.Contains(value, "${"+name+"}")
}

// ofProject gives what a project says of itself, or its parent when it says nothing.
func (m *mavenModel) ofProject(name string) string {
	parent := mavenParent{}
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

// profiled gives the profiles of a project and its parents that have a property of that name.
func (m *mavenModel) profiled(name string) []*mavenProfile {
	if m.byName == nil {
		m.byName = map[string][]*mavenProfile{}
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
