package manifest

import (
	"path"
	"strings"
)

// msbuildTree are the files of MSBuild in a tree.
type msbuildTree struct {
	// byPath finds them by their paths in lower case: Windows does not tell capitals apart.
	byPath map[string]*Document
	// steps bounds the work that shared files may cause.
	steps int
	// stopped is the file at which that was too much; "" when it was not.
	stopped string
}

// maxMSBuildSteps bounds what is evaluated for all projects together, and maxImports the files of one project.
const (
	maxMSBuildSteps = 500_000
	maxImports      = 200
)

func newMSBuildTree(docs []*Document) *msbuildTree {
	t := &msbuildTree{byPath: map[string]*Document{}}
	for _, doc := range docs {
		if name := strings.ToLower(doc.Path); doc.nuget != nil && t.byPath[name] == nil {
			t.byPath[name] = doc
		}
	}
	return t
}

// isProject reports whether a file is a project, and not a part of others.
func isProject(doc *Document) bool { return doc.Kind == "project file" }

// above gives the file of a name in a folder or the nearest above it; nil when there is none.
func (t *msbuildTree) above(dir, name string) *Document {
	for dir = strings.ToLower(dir); ; dir = path.Dir(dir) {
		if doc := t.byPath[path.Join(dir, strings.ToLower(name))]; doc != nil || dir == "." || dir == "/" || dir == "" {
			return doc
		}
	}
}

// files gives what MSBuild reads for a file, in its order: the nearest Directory.Build.props and Directory.Packages.props
// above, the file itself, the nearest Directory.Build.targets, and in front of each what it imports
// (https://learn.microsoft.com/visualstudio/msbuild/customize-by-directory).
func (t *msbuildTree) files(doc *Document) *msbuildFiles {
	f := &msbuildFiles{t: t, dir: path.Dir(doc.Path), seen: map[*Document]bool{}, properties: map[string][]nugetValue{}}
	for _, name := range []string{"Directory.Build.props", "Directory.Packages.props"} {
		f.add(t.above(f.dir, name))
	}
	f.add(doc)
	f.add(t.above(f.dir, "Directory.Build.targets"))
	return f
}

// msbuildFiles are the files that MSBuild reads for one project.
type msbuildFiles struct {
	t    *msbuildTree
	dir  string
	list []*Document
	seen map[*Document]bool
	// properties are those that were found, by name.
	properties map[string][]nugetValue
}

func (f *msbuildFiles) add(doc *Document) {
	if doc == nil || f.seen[doc] || len(f.seen) >= maxImports {
		return
	}
	f.seen[doc] = true
	for _, text := range doc.nuget.imports {
		f.t.steps++
		f.add(f.imported(doc, text))
	}
	f.list = append(f.list, doc)
	clear(f.properties) // the file may say something else
}

// fileAbove and folderAbove are the functions by which a file imports the one above it
// (https://learn.microsoft.com/visualstudio/msbuild/property-functions#msbuild-property-functions).
var (
	fileAbove   = expression(`^\$\(\[MSBuild\]::GetPathOfFileAbove\(\s*['"]?([^'",)]+?)['"]?\s*(?:,\s*['"]?([^'")]*?)['"]?\s*)?\)\)$`)
	folderAbove = expression(`^\$\(\[MSBuild\]::GetDirectoryNameOfFileAbove\(\s*['"]?([^'",]+?)['"]?\s*,\s*['"]?([^'")]+?)['"]?\s*\)\)`)
)

// imported gives the file that an import means; nil when the tree has none, as for those of an SDK.
func (f *msbuildFiles) imported(from *Document, text string) *Document {
	dir := path.Dir(from.Path)
	if m := fileAbove().FindStringSubmatch(text); m != nil {
		start := dir
		if m[2] != "" {
			start = f.path(dir, m[2])
		}
		return f.t.above(start, m[1])
	}
	if m := folderAbove().FindStringSubmatch(text); m != nil {
		doc := f.t.above(f.path(dir, m[1]), m[2])
		if doc == nil {
			return nil
		}
		text = path.Dir(doc.Path) + "/" + text[len(m[0]):]
		return f.t.byPath[strings.ToLower(path.Clean(strings.ReplaceAll(text, `\`, "/")))]
	}
	return f.t.byPath[strings.ToLower(f.path(dir, text))]
}

// path gives the path in the tree that a text means in a file of a folder.
func (f *msbuildFiles) path(dir, text string) string {
	own := strings.HasPrefix(text, dir+"/") || strings.HasPrefix(text, "$(")
	text = strings.NewReplacer("$(MSBuildProjectDirectory)", f.dir+"/", "$(ProjectDir)", f.dir+"/").Replace(text)
	for _, v := range f.expand(text) {
		text = v.text
	}
	text = strings.ReplaceAll(text, `\`, "/")
	if own {
		return path.Clean(text)
	}
	return path.Join(dir, text)
}
