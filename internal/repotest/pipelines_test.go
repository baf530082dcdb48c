package repotest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
)

// pipeItem is one use of our pipe in a bitbucket-pipelines.yml.
type pipeItem struct {
	// section is the section that contains it: "default", "pull-requests", "custom".
	section string
	// variables are the variables in the container: X_COUNT, X_0 and so on for lists.
	variables map[string]string
}

// pipelines is the content of a bitbucket-pipelines.yml, with its problems.
type pipelines struct {
	problems []string
	pipes    []pipeItem
	scripts  []string
	section  string
}

// parsePipelines checks the structure of a bitbucket-pipelines.yml as far as our files use it.
func parsePipelines(data []byte) *pipelines {
	p := &pipelines{}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil || len(doc.Content) == 0 {
		p.problem(&doc, "not YAML: %v", err)
		return p
	}
	found := p.keys(doc.Content[0], "the file", map[string]func(*yaml.Node){
		"image": p.text, "clone": p.clone, "options": p.anything, "definitions": p.definitions, "pipelines": p.sections,
	})
	if !slices.Contains(found, "pipelines") {
		p.problem(doc.Content[0], "there are no pipelines")
	}
	return p
}

func (p *pipelines) problem(n *yaml.Node, format string, args ...any) {
	p.problems = append(p.problems, fmt.Sprintf("line %d: %s", n.Line, fmt.Sprintf(format, args...)))
}

// keys walks a mapping with known keys and returns the existing ones.
func (p *pipelines) keys(n *yaml.Node, where string, known map[string]func(*yaml.Node)) []string {
	var found []string
	p.eachKey(n, where, func(key string, k, v *yaml.Node) {
		visit := known[key]
		if visit == nil {
			p.problem(k, "%s has no key %q; it has %s", where, key, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
			return
		}
		found = append(found, key)
		visit(v)
	})
	return found
}

func (p *pipelines) eachKey(n *yaml.Node, where string, visit func(key string, k, v *yaml.Node)) {
	if n = target(n); n.Kind != yaml.MappingNode {
		p.problem(n, "%s must have keys", where)
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		visit(n.Content[i].Value, n.Content[i], target(n.Content[i+1]))
	}
}

func (p *pipelines) each(n *yaml.Node, where string, visit func(*yaml.Node)) {
	if n = target(n); n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		p.problem(n, "%s must be a list with items", where)
		return
	}
	for _, item := range n.Content {
		visit(target(item))
	}
}

func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func (p *pipelines) anything(*yaml.Node) {}

func (p *pipelines) text(n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" || n.Value == "" {
		p.problem(n, "expected text")
	}
}

func (p *pipelines) oneOf(words ...string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !slices.Contains(words, n.Value) {
			p.problem(n, "%q is not one of %s", n.Value, strings.Join(words, ", "))
		}
	}
}

func (p *pipelines) texts(where string) func(*yaml.Node) {
	return func(n *yaml.Node) { p.each(n, where, p.text) }
}

func (p *pipelines) clone(n *yaml.Node) {
	p.keys(n, "clone", map[string]func(*yaml.Node){"enabled": p.anything, "lfs": p.anything, "depth": func(v *yaml.Node) {
		if _, err := strconv.Atoi(v.Value); err != nil && v.Value != "full" {
			p.problem(v, "depth is a number or full")
		}
	}})
}

func (p *pipelines) definitions(n *yaml.Node) {
	p.keys(n, "definitions", map[string]func(*yaml.Node){
		"caches": p.anything, "services": p.anything,
		"steps": func(v *yaml.Node) { p.each(v, "steps", p.item) },
	})
}

func (p *pipelines) sections(n *yaml.Node) {
	named := func(section string) func(*yaml.Node) {
		return func(n *yaml.Node) {
			p.section = section
			p.eachKey(n, section, func(_ string, _, v *yaml.Node) { p.each(v, section, p.item) })
		}
	}
	p.keys(n, "pipelines", map[string]func(*yaml.Node){
		"default":  func(v *yaml.Node) { p.section = "default"; p.each(v, "default", p.item) },
		"branches": named("branches"), "tags": named("tags"), "pull-requests": named("pull-requests"), "custom": named("custom"),
	})
}

func (p *pipelines) item(n *yaml.Node) {
	p.keys(n, "an item of a pipeline", map[string]func(*yaml.Node){"step": p.step, "parallel": func(v *yaml.Node) {
		if v.Kind == yaml.MappingNode {
			p.keys(v, "parallel", map[string]func(*yaml.Node){"fail-fast": p.anything, "steps": func(s *yaml.Node) { p.each(s, "steps", p.item) }})
			return
		}
		p.each(v, "parallel", p.item)
	}})
}

func (p *pipelines) step(n *yaml.Node) {
	found := p.keys(n, "step", map[string]func(*yaml.Node){
		"name": p.text, "image": p.text, "script": p.script, "after-script": p.script, "caches": p.texts("caches"), "services": p.texts("services"),
		"artifacts": p.texts("artifacts"), "size": p.oneOf("1x", "2x", "4x", "8x"), "clone": p.clone, "max-time": p.anything,
		"trigger": p.oneOf("automatic", "manual"), "deployment": p.text, "condition": p.anything, "runs-on": p.anything,
	})
	if !slices.Contains(found, "script") {
		p.problem(n, "a step without a script")
	}
}

func (p *pipelines) script(n *yaml.Node) {
	var lines []string
	p.each(n, "script", func(item *yaml.Node) {
		if item.Kind == yaml.MappingNode {
			p.pipe(item)
			return
		}
		// An unquoted line with ": " is a mapping or worse, and the most common mistake in these files.
		p.text(item)
		lines = append(lines, item.Value)
	})
	if len(lines) > 0 {
		p.scripts = append(p.scripts, strings.Join(lines, "\n")+"\n")
	}
}

// pipeForms matches the forms that Pipelines accepts: an image, or a repository with a version.
var pipeForms = regexp.MustCompile(`^(docker://[a-z0-9][a-z0-9./-]*:[A-Za-z0-9._-]+|[\w-]+/[\w-]+:\d+\.\d+\.\d+)$`)

func (p *pipelines) pipe(n *yaml.Node) {
	name, variables := "", map[string]string{}
	found := p.keys(n, "a pipe", map[string]func(*yaml.Node){
		"name": p.text,
		"pipe": func(v *yaml.Node) {
			name = v.Value
			if !pipeForms.MatchString(name) {
				p.problem(v, "%q names no pipe with its version", name)
			}
		},
		"variables": func(v *yaml.Node) {
			p.eachKey(v, "variables", func(key string, k, v *yaml.Node) { p.variable(variables, key, k, v) })
		},
	})
	if !slices.Contains(found, "pipe") {
		p.problem(n, "a script item with keys must be a pipe")
	}
	if !strings.HasPrefix(name, "docker://"+imageName+":") {
		return
	}
	if _, err := pipe.Load(func(name string) (string, bool) { v, ok := variables[name]; return v, ok }); err != nil {
		p.problem(n, "%v", err)
	}
	p.pipes = append(p.pipes, pipeItem{p.section, variables})
}

var reference = regexp.MustCompile(`^\$(\w+|\{\w+\})$`)

// madeUp represents the value of a repository variable.
const madeUp = "made-up"

func (p *pipelines) variable(variables map[string]string, key string, k, v *yaml.Node) {
	i := slices.IndexFunc(pipe.Variables(), func(v variable.Variable) bool { return v.Name == key })
	if i < 0 {
		p.problem(k, "the pipe has no variable %s", key)
		return
	}
	known := pipe.Variables()[i]
	if v.Kind == yaml.SequenceNode {
		if !known.List {
			p.problem(v, "%s is not a list", key)
		}
		for i, item := range v.Content {
			p.text(item)
			variables[key+"_"+strconv.Itoa(i)] = item.Value
		}
		variables[key+"_COUNT"] = strconv.Itoa(len(v.Content))
		return
	}
	switch {
	case v.Tag != "!!str":
		p.problem(v, "%s: %s must stand in quotes, because Bitbucket takes text alone", key, v.Value)
	case known.Secret && !reference.MatchString(v.Value):
		p.problem(v, "%s is a secret: name a secured variable instead of its value", key)
	}
	variables[key] = reference.ReplaceAllString(v.Value, madeUp)
}

func TestPipelinesCheckerFindsMistakes(t *testing.T) {
	t.Parallel()
	const head = "pipelines:\n  default:\n    - step:\n        script:\n"
	item := func(variables string) string {
		return head + "          - pipe: docker://" + imageName + ":0.1.0\n            variables:\n              " + variables + "\n"
	}
	for name, c := range map[string]struct{ text, want string }{
		"no YAML":                 {"a: [", "not YAML"},
		"no pipelines":            {"image: x\n", "no pipelines"},
		"unknown key of the file": {"pipeline: {}\n", `no key "pipeline"`},
		"unknown key of a step":   {head + "          - true && ls\n        scripts: x\n", `step has no key "scripts"`},
		"no script":               {"pipelines:\n  default:\n    - step:\n        name: x\n", "without a script"},
		"a colon in a script":     {head + "          - echo a: b\n", "must be a pipe"},
		"no version":              {head + "          - pipe: docker://" + imageName + "\n", "names no pipe"},
		"unknown variable":        {item("FAILON: HIGH"), "no variable FAILON"},
		"bad value":               {item("FAIL_ON: TERRIBLE"), "FAIL_ON"},
		"number without quotes":   {item("JOBS: 4"), "must stand in quotes"},
		"switch without quotes":   {item("DEBUG: true"), "must stand in quotes"},
		"secret in plain text":    {item("BITBUCKET_ACCESS_TOKEN: abc"), "is a secret"},
		"list of one text":        {item("FAIL_ON: [HIGH]"), "is not a list"},
		"size":                    {head + "          - ls\n        size: 3x\n", "not one of 1x"},
	} {
		require.Contains(t, strings.Join(parsePipelines([]byte(c.text)).problems, "\n"), c.want, name)
	}
	good := parsePipelines([]byte(item("SARIF: ['a,b.sarif', c.sarif]")))
	require.Empty(t, good.problems)
	require.Equal(t, []pipeItem{{"default", map[string]string{"SARIF_COUNT": "2", "SARIF_0": "a,b.sarif", "SARIF_1": "c.sarif"}}}, good.pipes)
}
