package manifest

import (
	"cmp"
	"errors"
	"strings"
)

// The limits of what the properties of poms may refer to, so that one that refers to itself ends.
const (
	maxPropertyDepth = 50
	maxPropertySteps = 200
	maxPropertyBytes = 4096
	// maxTreeSteps bounds the replaced properties of all poms together; a large tree has some hundred thousand.
	maxTreeSteps = 2_000_000
)

var (
	errPropertyCycle = errors.New("a property refers to itself without an end, or grows beyond 4096 bytes")
	errPropertyMany  = errors.New("the poms of the tree take more than 2000000 properties to read")
)

// text replaces the properties of a text, as far as they are known. Those of a dependency's profile come first.
func (t *mavenTree) text(m *mavenModel, d *mavenDependency, text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	if t.steps > maxTreeSteps {
		t.fail(m, errPropertyMany)
		return text
	}
	steps := 0
	out, ok := m.expand(d, text, &steps, 0)
	if t.steps += steps; !ok {
		t.fail(m, errPropertyCycle)
		return text
	}
	return out
}

// expand replaces the properties of a text, and those of their values. The steps and the length are bounded, because values
// can hold each other, and each other twice.
func (m *mavenModel) expand(d *mavenDependency, text string, steps *int, depth int) (string, bool) {
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
		if value, ok := m.property(d, name); ok {
			inner, ok := m.expand(d, value, steps, depth+1)
			if !ok {
				return "", false
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

// property finds the value of a property (https://maven.apache.org/pom.html#properties).
func (m *mavenModel) property(d *mavenDependency, name string) (string, bool) {
	if d != nil {
		if value, ok := d.properties[name]; ok {
			return value, true
		}
	}
	for _, p := range m.chain {
		if value, ok := p.properties[name]; ok {
			return value, true
		}
	}
	// These are the project's own, or its parent's when it has none.
	var value string
	parent := mavenParent{}
	if m.parent != nil {
		parent = *m.parent
	}
	switch strings.TrimPrefix(strings.TrimPrefix(name, "project."), "pom.") {
	case "groupId":
		value = cmp.Or(m.group, parent.group)
	case "artifactId":
		value = m.artifact
	case "version":
		value = cmp.Or(m.version, parent.version)
	case "parent.groupId":
		value = parent.group
	case "parent.artifactId":
		value = parent.artifact
	case "parent.version":
		value = parent.version
	}
	return value, value != ""
}
