package flow

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// modulesOf finds the files that a module is.
func (a *analysis) modulesOf(u *unit, module string) (list []*unit) {
	switch u.file.Language {
	case tree.Python:
		return a.pythonModule(u, module)
	case tree.JavaScript, tree.TypeScript:
		return a.scriptModule(u, module)
	case tree.Java:
		suffix := strings.ReplaceAll(strings.TrimSuffix(module, ".*"), ".", "/")
		for _, other := range a.units {
			if other.file.Language == tree.Java && (endsWithPath(strings.TrimSuffix(other.path, ".java"), suffix) || endsWithPath(path.Dir(other.path), suffix)) {
				list = append(list, other)
			}
		}
	case tree.Go:
		for _, other := range a.units {
			if other.file.Language == tree.Go && goPackage(path.Dir(other.path), module) {
				list = append(list, other)
			}
		}
	}
	return list
}

// goPackage reports whether a folder is that of an import path. The path of the module, which go.mod says, stands before the folder.
func goPackage(dir, module string) bool {
	if endsWithPath(dir, module) {
		return true
	}
	for i := strings.IndexByte(module, '/'); i >= 0; {
		module = module[i+1:]
		if endsWithPath(dir, module) {
			return true
		}
		i = strings.IndexByte(module, '/')
	}
	return false
}

// endsWithPath reports whether the last elements of a path are those of another.
func endsWithPath(long, short string) bool {
	return short != "" && (long == short || strings.HasSuffix(long, "/"+short))
}

// pythonModule finds the file of a module: by the dots of a relative import, or as the end of a path.
func (a *analysis) pythonModule(u *unit, module string) (list []*unit) {
	dots := len(module) - len(strings.TrimLeft(module, "."))
	rest := strings.ReplaceAll(module[dots:], ".", "/")
	if dots > 0 {
		dir := path.Dir(u.path)
		for range dots - 1 {
			dir = path.Dir(dir)
		}
		rest = path.Join(dir, rest)
	}
	var near, far []*unit
	for _, other := range a.units {
		if other.file.Language != tree.Python {
			continue
		}
		at := strings.TrimSuffix(strings.TrimSuffix(other.path, ".py"), "/__init__")
		switch {
		case at == rest || dots == 0 && at == path.Join(path.Dir(u.path), rest):
			near = append(near, other)
		case dots == 0 && endsWithPath(at, rest):
			far = append(far, other)
		}
	}
	if len(near) > 0 {
		return near
	}
	if len(far) > maxImplementations {
		return nil
	}
	return far
}

// scriptModule finds the file of a relative import of JavaScript, or of one below a root of the sources.
func (a *analysis) scriptModule(u *unit, module string) (list []*unit) {
	if !strings.HasPrefix(module, ".") {
		return nil
	}
	want := path.Join(path.Dir(u.path), module)
	for _, other := range a.units {
		at := other.path
		plain := strings.TrimSuffix(at, path.Ext(at))
		if at == want || plain == want || plain == path.Join(want, "index") || plain == strings.TrimSuffix(want, path.Ext(want)) && path.Ext(want) != "" && strings.HasPrefix(path.Ext(want), ".j") {
			list = append(list, other)
		}
	}
	return list
}
