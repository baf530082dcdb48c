package project

import (
	"path"
	"strings"
)

// java reads the package, the imports, the types that the file declares with their parents, and which other types it may name.
func (f *Facts) java(source string) {
	each(source, "package", func(rest string) {
		if name := leading(rest); f.Package == "" && strings.HasPrefix(strings.TrimLeft(rest[len(name):], " \t"), ";") {
			f.Package = strings.Clone(name)
		}
	})
	each(source, "import", func(rest string) {
		if after, ok := strings.CutPrefix(rest, "static"); ok && len(after) > 0 && !word(after[0]) {
			rest = strings.TrimLeft(after, " \t\r\n")
		}
		name := leading(rest)
		if strings.HasSuffix(name, ".") && strings.HasPrefix(rest[len(name):], "*") {
			name += "*"
		}
		f.add(name)
	})
	for _, kind := range [...]string{"class", "interface", "enum", "record"} {
		each(source, kind, func(rest string) { f.declare(leading(rest)) })
	}
	for _, sign := range [...]string{"extends", "implements"} {
		each(source, sign, f.parents)
	}
	if f.Package == "" && len(f.Declares) == 0 {
		return
	}
	for i := 0; i < len(source); {
		if !word(source[i]) {
			i++
			continue
		}
		start := i
		for i < len(source) && word(source[i]) {
			i++
		}
		if c := source[start]; c >= 'A' && c <= 'Z' && len(f.words) < maxNames {
			f.words = append(f.words, hash(source[start:i]))
		}
	}
}

// javaType finds the files that declare a type by its full name. What is after a type's name, nested types and members, is left out.
func (x *Index) javaType(from int, name string) []int {
	if in, ok := strings.CutSuffix(name, ".*"); ok {
		if found := x.javaPackages[in]; len(found) > 0 {
			return found
		}
		return x.javaType(from, in)
	}
	for range 4 {
		if found := x.javaTypes[name]; len(found) > 0 {
			return x.nearest(from, found, 1)
		}
		i := strings.LastIndexByte(name, '.')
		if i < 0 {
			return nil
		}
		name = name[:i]
	}
	return nil
}

// addJava notes what a Java file declares.
func (x *Index) addJava(i int, f *File) {
	prefix := ""
	if f.Facts.Package != "" {
		prefix = f.Facts.Package + "."
	}
	main := strings.TrimSuffix(path.Base(f.Path), ".java")
	x.javaTypes[prefix+main] = append(x.javaTypes[prefix+main], i)
	for _, name := range f.Facts.Declares {
		if name != main {
			x.javaTypes[prefix+name] = append(x.javaTypes[prefix+name], i)
		}
	}
	x.javaPackages[f.Facts.Package] = append(x.javaPackages[f.Facts.Package], i)
}
