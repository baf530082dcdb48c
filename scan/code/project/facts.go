package project

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Facts are what the text of a file says about other files. They hold no memory of the text.
type Facts struct {
	Language tree.Language
	// Package is the package that a file in Java or Go names.
	Package string
	// Imports are the modules that the file names, in their order, each once.
	Imports []Import
	// Declares are the names of classes and interfaces, sorted; in Go all names outside of functions.
	Declares []string
	// Parents are the classes and interfaces that classes of the file extend or implement, by the last part of their names.
	Parents []string
	// Methods are the Go methods with the types of their receivers: "T.Name".
	Methods []string
	// Interfaces are the methods that each Go interface has itself.
	Interfaces [][]string
	// words are hashes of the names in the text that may be those of types in the same package, sorted.
	words []uint32
}

// Import is a module that a file names. Names are what it takes from the module; nil where the module itself is used.
type Import struct {
	Module string
	Names  []string
}

// Read reads the facts of a file in one of the languages with a front end. It takes linear time and knows no errors: what looks like an import in
// a comment counts as one.
func Read(language tree.Language, source string) *Facts {
	f := &Facts{Language: language}
	switch language {
	case tree.Python:
		f.python(source)
	case tree.JavaScript, tree.TypeScript:
		f.script(source)
	case tree.Java:
		f.java(source)
	case tree.Go:
		f.golang(source)
	}
	for _, list := range []*[]string{&f.Declares, &f.Parents, &f.Methods} {
		slices.Sort(*list)
		*list = slices.Clip(slices.Compact(*list))
	}
	slices.Sort(f.words)
	f.words = slices.Clip(slices.Compact(f.words))
	return f
}

// maxImports bounds the imports of a file, and maxNames what else is kept of it.
const maxImports, maxNames = 2_000, 20_000

// add notes an import.
func (f *Facts) add(module string, names ...string) {
	if module == "" || len(f.Imports) >= maxImports {
		return
	}
	for i := range f.Imports {
		if f.Imports[i].Module == module && len(f.Imports[i].Names) == 0 && len(names) == 0 {
			return
		}
	}
	own := make([]string, len(names))
	for i, name := range names {
		own[i] = strings.Clone(name)
	}
	f.Imports = append(f.Imports, Import{strings.Clone(module), own})
}

func (f *Facts) declare(name string) {
	if name != "" && len(f.Declares) < maxNames {
		f.Declares = append(f.Declares, strings.Clone(name))
	}
}

// parents notes the names in a list like `A, b.C<D>`.
func (f *Facts) parents(list string) {
	for len(list) > 0 && len(f.Parents) < maxNames {
		name := leading(list)
		if name == "" {
			return
		}
		f.Parents = append(f.Parents, strings.Clone(name[strings.LastIndexByte(name, '.')+1:]))
		list = strings.TrimLeft(skipArguments(list[len(name):]), " \t\r\n")
		if !strings.HasPrefix(list, ",") {
			return
		}
		list = strings.TrimLeft(list[1:], " \t\r\n")
	}
}

// skipArguments skips the type arguments at the beginning of a text.
func skipArguments(text string) string {
	if !strings.HasPrefix(text, "<") {
		return text
	}
	depth := 0
	for i := range min(len(text), maxArguments) {
		switch text[i] {
		case '<':
			depth++
		case '>':
			if depth--; depth == 0 {
				return text[i+1:]
			}
		}
	}
	return ""
}

// maxArguments bounds the text of type arguments.
const maxArguments = 2_000

// word reports whether a byte is part of a name. All bytes outside of ASCII count.
func word(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// leading is the name with dots at the beginning of a text.
func leading(text string) string {
	i := 0
	for i < len(text) && (word(text[i]) || text[i] == '.') {
		i++
	}
	return text[:i]
}

// each calls do with what follows each occurrence of a word, blanks left out.
func each(source, wanted string, do func(rest string)) {
	for from := 0; ; {
		at := strings.Index(source[from:], wanted)
		if at < 0 {
			return
		}
		at += from
		from = at + len(wanted)
		if at > 0 && word(source[at-1]) || from < len(source) && word(source[from]) {
			continue
		}
		do(strings.TrimLeft(source[from:], " \t\r\n"))
	}
}

// hash is that of a name, as words holds it.
func hash(name string) uint32 {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h
}

// mentions reports whether a name may be in the text.
func (f *Facts) mentions(name string) bool {
	_, found := slices.BinarySearch(f.words, hash(name))
	return found
}
