package project

import (
	"path"
	"strings"
)

// script reads the modules of `from "m"`, `import "m"`, `import("m")` and `require("m")`, and the parents of classes.
func (f *Facts) script(source string) {
	for _, sign := range [...]string{"from", "import", "require"} {
		each(source, sign, func(rest string) {
			if sign != "from" {
				rest = strings.TrimLeft(strings.TrimPrefix(rest, "("), " \t\r\n")
			}
			if rest == "" || !strings.ContainsRune("\"'`", rune(rest[0])) {
				return
			}
			if end := strings.IndexAny(rest[1:min(len(rest), maxModule)], rest[:1]+"\n"); end > 0 && rest[1+end] == rest[0] {
				f.add(rest[1 : 1+end])
			}
		})
	}
	for _, kind := range [...]string{"class", "interface"} {
		each(source, kind, func(rest string) { f.declare(leading(rest)) })
	}
	for _, sign := range [...]string{"extends", "implements"} {
		each(source, sign, f.parents)
	}
}

// maxModule bounds the name of a JavaScript module.
const maxModule = 300

// scriptFile finds the files that a module is for the importing file: a path, a path below a folder of a tsconfig.json, or a package of the same
// repository.
func (x *Index) scriptFile(from int, module string) []int {
	dir := path.Dir(x.files[from].Path)
	if strings.HasPrefix(module, ".") {
		return x.scriptAt(path.Join(dir, module))
	}
	if strings.HasPrefix(module, "/") {
		return nil
	}
	if config := x.configAround(dir); config != nil {
		for _, candidate := range config.candidates(module) {
			if found := x.scriptAt(candidate); len(found) > 0 {
				return found
			}
		}
	}
	if p, rest := x.packageOf(module); p != nil {
		for _, candidate := range p.candidates(rest) {
			if found := x.scriptAt(candidate); len(found) > 0 {
				return found
			}
		}
		return nil
	}
	// Bundlers know the folder of the sources by these signs, without a configuration that says so.
	for _, sign := range [...]string{"@/", "~/"} {
		if rest, ok := strings.CutPrefix(module, sign); ok {
			for at := dir; ; at = path.Dir(at) {
				for _, inner := range [...]string{"src", ""} {
					if found := x.scriptAt(path.Join(at, inner, rest)); len(found) > 0 {
						return found
					}
				}
				if at == "." {
					return nil
				}
			}
		}
	}
	return nil
}

// scriptEnds are what a module's path may lack, in the order in which they are tried.
var scriptEnds = []string{"", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", "/index.ts", "/index.tsx", "/index.js", "/index.jsx", "/index.mjs", "/index.cjs"}

// scriptAt are the files at a path that may lack its extension, be a folder, or name the file that TypeScript will write.
func (x *Index) scriptAt(at string) []int {
	for _, end := range scriptEnds {
		if i, ok := x.byPath[at+end]; ok && x.isScript(i) {
			return []int{i}
		}
	}
	for _, pair := range [...][2]string{{".js", ".ts"}, {".js", ".tsx"}, {".jsx", ".tsx"}, {".mjs", ".mts"}, {".cjs", ".cts"}} {
		if plain, ok := strings.CutSuffix(at, pair[0]); ok {
			if i, ok := x.byPath[plain+pair[1]]; ok {
				return []int{i}
			}
		}
	}
	if p := x.packageAt[at]; p != nil {
		for _, candidate := range p.entries {
			if candidate == "." || candidate == "" {
				continue
			}
			for _, end := range scriptEnds {
				if i, ok := x.byPath[path.Join(at, candidate)+end]; ok && x.isScript(i) {
					return []int{i}
				}
			}
		}
	}
	return nil
}

// packageOf finds the package of the repository that a module is in, and what of the module is after its name.
func (x *Index) packageOf(module string) (p *scriptPackage, rest string) {
	name := module
	for {
		if p := x.packages[name]; p != nil {
			return p, strings.TrimPrefix(module[len(name):], "/")
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return nil, ""
		}
		name = name[:i]
	}
}
