package project

import (
	"path"
	"strings"
)

// golang reads the package, the imports, and what the file declares outside of functions. The lines of such declarations begin at the margin, as
// gofmt writes them.
func (f *Facts) golang(source string) {
	group := ""
	for rest := source; rest != ""; {
		line, after, _ := strings.Cut(rest, "\n")
		rest = after
		switch {
		case group == "interface" && strings.HasPrefix(line, "}"), group != "" && strings.HasPrefix(line, ")"):
			group = ""
		case group == "interface":
			if text := strings.TrimLeft(line, " \t"); len(text) > 0 && len(line) > len(text) {
				if name := leading(text); name != "" && strings.HasPrefix(text[len(name):], "(") {
					last := &f.Interfaces[len(f.Interfaces)-1]
					*last = append(*last, strings.Clone(name))
				}
			}
		case group == "import":
			f.goImport(line)
		case group != "":
			if text := strings.TrimLeft(line, " \t"); len(line)-len(text) == 1 {
				f.goNames(text)
			}
		case strings.HasPrefix(line, "package "):
			if f.Package == "" {
				f.Package = strings.Clone(leading(line[len("package "):]))
			}
		case strings.HasPrefix(line, "func "):
			f.goFunction(line[len("func "):])
		default:
			for _, kind := range [...]string{"import", "type", "var", "const"} {
				text, ok := strings.CutPrefix(line, kind+" ")
				switch {
				case !ok:
				case strings.HasPrefix(text, "(") && !strings.Contains(text, ")"):
					group = kind
				case kind == "import":
					f.goImport(text)
				default:
					f.goNames(text)
					if kind == "type" && strings.HasSuffix(strings.TrimRight(text, " \t\r"), "interface {") && len(f.Interfaces) < maxNames {
						group, f.Interfaces = "interface", append(f.Interfaces, nil)
					}
				}
			}
		}
	}
}

// goImport reads the line of an import.
func (f *Facts) goImport(line string) {
	for _, quote := range [...]string{`"`, "`"} {
		if _, text, ok := strings.Cut(line, quote); ok {
			if module, _, ok := strings.Cut(text, quote); ok {
				f.add(module)
				return
			}
		}
	}
}

// goNames reads the names before a type or value: `a, b = 1, 2`.
func (f *Facts) goNames(text string) {
	for {
		name := leading(text)
		f.declare(name)
		text = strings.TrimLeft(text[len(name):], " \t")
		if name == "" || !strings.HasPrefix(text, ",") {
			return
		}
		text = strings.TrimLeft(text[1:], " \t")
	}
}

// goFunction reads the name of a function, or of a method with the type of its receiver.
func (f *Facts) goFunction(text string) {
	if !strings.HasPrefix(text, "(") {
		f.declare(leading(text))
		return
	}
	receiver, rest, ok := strings.Cut(text[1:], ")")
	if !ok {
		return
	}
	receiver, _, _ = strings.Cut(receiver, "[")
	fields := strings.Fields(receiver)
	name := leading(strings.TrimLeft(rest, " \t"))
	if len(fields) > 0 && name != "" && len(f.Methods) < maxNames {
		f.Methods = append(f.Methods, strings.TrimLeft(fields[len(fields)-1], "*")+"."+name)
	}
}

// goPackage finds the files of a package by its import path: by the go.mod that names its module, or without one as the folder with the longest
// equal end.
func (x *Index) goPackage(from int, module string) []int {
	best, near, dir := -1, -1, ""
	for _, m := range x.goModules {
		rest, ok := cutModule(module, m.path)
		if !ok || len(m.path) < best {
			continue
		}
		// Of several modules with one path that of the importing file is meant.
		if shared := sharedFolders(x.files[from].Path, m.dir+"/"); len(m.path) > best || shared > near {
			best, near, dir = len(m.path), shared, path.Join(m.dir, rest)
		}
	}
	if best >= 0 {
		return x.goFolders[dir]
	}
	first, _, _ := strings.Cut(module, "/")
	if len(x.goModules) > 0 || goStandard[first] {
		return nil
	}
	for rest := module; rest != ""; {
		if dirs := x.goEnds[path.Base(rest)]; len(dirs) > 0 {
			var found []int
			for _, dir := range dirs {
				if dir == rest || strings.HasSuffix(dir, "/"+rest) {
					found = append(found, x.goFolders[dir]...)
				}
			}
			if len(found) > 0 {
				found = x.nearest(from, found, 0)
				dir := path.Dir(x.files[found[0]].Path)
				return x.goFolders[dir]
			}
		}
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			break
		}
		rest = rest[i+1:]
	}
	return nil
}

func cutModule(module, prefix string) (rest string, ok bool) {
	if rest, ok = strings.CutPrefix(module, prefix); ok && (rest == "" || rest[0] == '/') {
		return strings.TrimPrefix(rest, "/"), true
	}
	return "", false
}

// goStandard are the first elements of the paths of the standard library: https://pkg.go.dev/std.
var goStandard = map[string]bool{
	"archive": true, "bufio": true, "bytes": true, "cmp": true, "compress": true, "container": true, "context": true, "crypto": true, "database": true, "debug": true,
	"embed": true, "encoding": true, "errors": true, "expvar": true, "flag": true, "fmt": true, "go": true, "hash": true, "html": true, "image": true, "index": true,
	"io": true, "iter": true, "log": true, "maps": true, "math": true, "mime": true, "net": true, "os": true, "path": true, "plugin": true, "reflect": true, "regexp": true,
	"runtime": true, "slices": true, "sort": true, "strconv": true, "strings": true, "structs": true, "sync": true, "syscall": true, "testing": true, "text": true,
	"time": true, "unicode": true, "unique": true, "unsafe": true, "weak": true,
}

// addGo notes a Go file.
func (x *Index) addGo(i int, f *File) {
	dir := path.Dir(f.Path)
	if len(x.goFolders[dir]) == 0 {
		x.goEnds[path.Base(dir)] = append(x.goEnds[path.Base(dir)], dir)
	}
	x.goFolders[dir] = append(x.goFolders[dir], i)
	for _, method := range f.Facts.Methods {
		_, name, _ := strings.Cut(method, ".")
		x.goMethods[name] = append(x.goMethods[name], i)
	}
}
