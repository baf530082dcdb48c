package project

import (
	"path"
	"strings"
)

// python reads `import a.b as c, d`, `from .a import (b, c as d)`, and the parents of classes.
func (f *Facts) python(source string) {
	for rest := source; rest != ""; {
		line, after, _ := strings.Cut(rest, "\n")
		text := strings.TrimLeft(line, " \t")
		switch {
		case strings.HasPrefix(text, "import "):
			for part := range strings.SplitSeq(continued(text, rest[len(line):])[7:], ",") {
				f.add(leading(strings.TrimSpace(part)))
			}
		case strings.HasPrefix(text, "from "):
			text = continued(text, rest[len(line):])
			module := leading(strings.TrimLeft(text[5:], " \t"))
			_, list, ok := strings.Cut(text, "import")
			if !ok {
				break
			}
			var names []string
			for part := range strings.SplitSeq(strings.Trim(list, " \t\r()"), ",") {
				if name := strings.TrimSpace(part); strings.HasPrefix(name, "*") {
					names = append(names, "*")
				} else if name = leading(name); name != "" {
					names = append(names, name)
				}
			}
			f.add(module, names...)
		case strings.HasPrefix(text, "class "):
			f.declare(leading(text[len("class "):]))
			if _, list, ok := strings.Cut(text, "("); ok {
				f.parents(list)
			}
		}
		rest = after
	}
}

// maxContinued bounds an import that goes on over several lines, in bytes.
const maxContinued = 20_000

// continued is a line with those that it goes on with: inside of parentheses, or after a backslash. Comments are left out.
func continued(line, rest string) string {
	open := strings.Contains(line, "(")
	plain := func(text string) string {
		text, _, _ = strings.Cut(text, "#")
		return strings.TrimRight(text, " \t\r")
	}
	var out strings.Builder
	out.WriteString(plain(line))
	for out.Len() < maxContinued && rest != "" {
		text := out.String()
		if open && strings.Contains(text, ")") || !open && !strings.HasSuffix(text, "\\") {
			break
		}
		next, after, _ := strings.Cut(strings.TrimPrefix(rest, "\n"), "\n")
		rest = strings.TrimPrefix(rest, "\n")[len(next):]
		if !open {
			trimmed := strings.TrimSuffix(text, "\\")
			out.Reset()
			out.WriteString(trimmed)
		}
		out.WriteString(" " + plain(next))
		if after == "" && rest == "" {
			break
		}
	}
	return out.String()
}

// pythonFile finds the files of a module: by the dots of a relative import, in the folder of the importing file, in a root of the sources around
// it, or in any other root.
func (x *Index) pythonFile(from int, module string) []int {
	dots := len(module) - len(strings.TrimLeft(module, "."))
	rest := strings.ReplaceAll(module[dots:], ".", "/")
	dir := path.Dir(x.files[from].Path)
	if dots > 0 {
		for range dots - 1 {
			dir = path.Dir(dir)
		}
		return x.pythonAt(path.Join(dir, rest))
	}
	if rest == "" {
		return nil
	}
	for root := dir; ; root = path.Dir(root) {
		for _, inner := range pythonRoots {
			if found := x.pythonAt(path.Join(root, inner, rest)); len(found) > 0 {
				return found
			}
		}
		if root == "." || root == "/" {
			break
		}
	}
	var far []int
	for _, other := range x.pythonLast[path.Base(rest)] {
		at := pythonModule(x.files[other].Path)
		root, ok := strings.CutSuffix(at, "/"+rest)
		if ok && len(x.pythonAt(root)) == 0 && (strings.Contains(rest, "/") || isPackage(x.files[other].Path) || x.roots[root] || sourceFolders[path.Base(root)]) {
			far = append(far, other)
		}
	}
	if far = x.nearest(from, far, 1); len(far) > maxFar {
		return nil
	}
	return far
}

// pythonRoots are the folders in which the modules of a project often lie, below its own.
var pythonRoots = []string{"", "src", "lib"}

// sourceFolders are names of folders that hold modules without being packages.
var sourceFolders = map[string]bool{"src": true, "lib": true, "python": true, "app": true, "source": true, "backend": true, "server": true}

// maxFar bounds how many files a module may be that no root tells apart.
const maxFar = 5

// pythonAt are the files of the module at a path without its extension: the package, or the file.
func (x *Index) pythonAt(at string) []int {
	for _, name := range [...]string{at + "/__init__.py", at + ".py"} {
		if i, ok := x.byPath[strings.TrimPrefix(name, "./")]; ok {
			return []int{i}
		}
	}
	return nil
}

// pythonModule is the path of a file as a module.
func pythonModule(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, ".py"), "__init__"), "/")
}

func isPackage(name string) bool { return path.Base(name) == "__init__.py" }
