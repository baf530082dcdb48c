package project

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// IsManifest reports whether a file says how the files around it are found: package.json, tsconfig.json, jsconfig.json, go.mod.
func IsManifest(name string) bool {
	switch base := path.Base(name); base {
	case "package.json", "go.mod":
		return true
	default:
		return strings.HasSuffix(base, ".json") && (strings.HasPrefix(base, "tsconfig") || strings.HasPrefix(base, "jsconfig"))
	}
}

// MaxManifest is the size of a manifest above which it is not read.
const MaxManifest = 1 << 20

// goModule is a Go module with its folder.
type goModule struct{ path, dir string }

// scriptPackage is a JavaScript package in the tree.
type scriptPackage struct {
	dir string
	// entries are the files that the package itself is, the best first.
	entries []string
	// exports are the files that its name leads to, by what follows the name: "sub" for "./sub".
	exports map[string][]string
}

// scriptConfig is what a tsconfig.json says about modules.
type scriptConfig struct {
	base  string
	paths []alias
}

// alias is a pattern of a tsconfig.json with what it stands for. Both have at most one star.
type alias struct {
	pattern string
	targets []string
}

// addManifest reads a manifest. What it cannot read says nothing.
func (x *Index) addManifest(name, text string) {
	dir := path.Dir(name)
	switch path.Base(name) {
	case "go.mod":
		for line := range strings.SplitSeq(text, "\n") {
			if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "module" {
				x.goModules = append(x.goModules, goModule{strings.Trim(fields[1], "\"`"), dir})
				return
			}
		}
	case "package.json":
		x.addPackage(dir, text)
	default:
		x.addConfig(name, text)
	}
}

// addPackage reads a package.json: https://nodejs.org/api/packages.html.
func (x *Index) addPackage(dir, text string) {
	var fields struct {
		Name, Main, Module, Source string
		Exports                    any
	}
	var loose map[string]any
	if json.Unmarshal([]byte(text), &loose) != nil {
		return
	}
	word := func(key string) string { s, _ := loose[key].(string); return s }
	fields.Name, fields.Main, fields.Module, fields.Source, fields.Exports = word("name"), word("main"), word("module"), word("source"), loose["exports"]
	p := &scriptPackage{dir: dir, exports: map[string][]string{}}
	if table, ok := fields.Exports.(map[string]any); ok {
		for key, target := range table {
			if key == "." || strings.HasPrefix(key, "./") {
				p.exports[strings.TrimPrefix(strings.TrimPrefix(key, "."), "/")] = targets(target, 0)
			}
		}
	}
	if len(p.exports) == 0 {
		p.exports[""] = targets(fields.Exports, 0)
	}
	for _, entry := range slices.Concat([]string{fields.Source}, p.exports[""], []string{fields.Main, fields.Module}) {
		if entry != "" {
			p.entries = append(p.entries, entry)
		}
	}
	// What is built is not in the repository: the sources are.
	p.entries = append(p.entries, "index", "src/index", "src/main", "lib/index")
	x.packageAt[dir] = p
	if fields.Name != "" && x.packages[fields.Name] == nil {
		x.packages[fields.Name] = p
	}
}

// targets are the files of an entry of exports, those of all its conditions in the order of their names.
func targets(value any, depth int) (list []string) {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		for _, each := range value {
			list = append(list, targets(each, depth+1)...)
		}
	case map[string]any:
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			if depth < 4 {
				list = append(list, targets(value[key], depth+1)...)
			}
		}
	}
	return list
}

// candidates are the paths at which a module of the package may be.
func (p *scriptPackage) candidates(rest string) (list []string) {
	add := func(names ...string) {
		for _, name := range names {
			list = append(list, path.Join(p.dir, name))
		}
	}
	if rest == "" {
		add(p.entries...)
		return list
	}
	if found, ok := p.exports[rest]; ok {
		add(found...)
	}
	for _, key := range sortedKeys(p.exports) {
		if before, after, ok := strings.Cut(key, "*"); ok && len(rest) >= len(before)+len(after) && strings.HasPrefix(rest, before) && strings.HasSuffix(rest, after) {
			for _, target := range p.exports[key] {
				add(strings.Replace(target, "*", rest[len(before):len(rest)-len(after)], 1))
			}
		}
	}
	add(rest, path.Join("src", rest))
	return list
}

// addConfig reads the paths of a tsconfig.json: https://www.typescriptlang.org/tsconfig/#paths. It may have comments and commas before a bracket.
func (x *Index) addConfig(name, text string) {
	var fields struct {
		CompilerOptions struct {
			BaseURL string              `json:"baseUrl"`
			Paths   map[string][]string `json:"paths"`
		} `json:"compilerOptions"`
	}
	if json.Unmarshal(plainJSON(text), &fields) != nil {
		return
	}
	options := &fields.CompilerOptions
	if options.BaseURL == "" && len(options.Paths) == 0 {
		return
	}
	dir := path.Dir(name)
	c := &scriptConfig{}
	if options.BaseURL != "" {
		c.base = path.Join(dir, options.BaseURL)
	}
	for _, pattern := range sortedKeys(options.Paths) {
		a := alias{pattern: pattern}
		for _, target := range options.Paths[pattern] {
			a.targets = append(a.targets, path.Join(dir, options.BaseURL, target))
		}
		c.paths = append(c.paths, a)
	}
	// Of several in a folder the one of the plain name counts, or the first with paths.
	if old := x.configs[dir]; old == nil || len(c.paths) > 0 && (len(old.paths) == 0 || path.Base(name) == "tsconfig.json") {
		x.configs[dir] = c
	}
}

// configAround is the configuration of the nearest folder around a folder that has one.
func (x *Index) configAround(dir string) *scriptConfig {
	for ; ; dir = path.Dir(dir) {
		if c := x.configs[dir]; c != nil {
			return c
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

// candidates are the paths that a module stands for, those of the longest pattern first.
func (c *scriptConfig) candidates(module string) (list []string) {
	best := -1
	for _, a := range c.paths {
		before, after, star := strings.Cut(a.pattern, "*")
		switch {
		case !star && a.pattern == module:
			return a.targets
		case star && len(before) > best && len(module) >= len(before)+len(after) && strings.HasPrefix(module, before) && strings.HasSuffix(module, after):
			best, list = len(before), nil
			for _, target := range a.targets {
				list = append(list, strings.Replace(target, "*", module[len(before):len(module)-len(after)], 1))
			}
		}
	}
	if c.base != "" {
		list = append(list, path.Join(c.base, module))
	}
	return list
}

// plainJSON is JSON without the comments and the commas before closing brackets that a tsconfig.json may have.
func plainJSON(text string) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			end := i + 1
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end, len(text)-1)
			out = append(out, text[i:end+1]...)
			i = end
		case strings.HasPrefix(text[i:], "//"):
			end := strings.IndexByte(text[i:], '\n')
			if end < 0 {
				return out
			}
			i += end
		case strings.HasPrefix(text[i:], "/*"):
			end := strings.Index(text[i+2:], "*/")
			if end < 0 {
				return out
			}
			i += end + 3
		case c == '}' || c == ']':
			for n := len(out) - 1; n >= 0; n-- {
				if out[n] == ',' {
					out[n] = ' '
				} else if out[n] == ' ' || out[n] == '\n' || out[n] == '\t' || out[n] == '\r' {
					continue
				}
				break
			}
			out = append(out, c)
		default:
			out = append(out, c)
		}
	}
	return out
}
