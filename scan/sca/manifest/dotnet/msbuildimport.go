package dotnet

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// msbuildTree holds the MSBuild files of a tree.
type msbuildTree struct {
	// byPath finds them by lower-case path, because Windows ignores case.
	byPath map[string]*document.Document
	// steps limits the work that shared files may cause.
	steps int
	// stopped is the file at which the limit was reached; "" if it was not.
	stopped string
}

// maxMSBuildSteps limits the evaluation for all projects together, and maxImports the files of one project.
const (
	maxMSBuildSteps = 500_000
	maxImports      = 200
)

func newMSBuildTree(docs []*document.Document) *msbuildTree {
	t := &msbuildTree{byPath: map[string]*document.Document{}}
	for _, doc := range docs {
		if name := strings.ToLower(doc.Path); projectOf(doc) != nil && t.byPath[name] == nil {
			t.byPath[name] = doc
		}
	}
	return t
}

// isProject reports whether a file is a project, and not a part of others.
func isProject(doc *document.Document) bool { return doc.Kind == "project file" }

// above returns the file with a name in a folder or its nearest parent that has one; nil if there is none.
func (t *msbuildTree) above(dir, name string) *document.Document {
	for dir = strings.ToLower(dir); ; dir = path.Dir(dir) {
		if doc := t.byPath[path.Join(dir, strings.ToLower(name))]; doc != nil || dir == "." || dir == "/" || dir == "" {
			return doc
		}
	}
}

// files returns the files that MSBuild reads for a file, in order: the nearest Directory.Build.props and
// Directory.Packages.props above it, the file itself, the nearest Directory.Build.targets, and before each of them its
// imports (https://learn.microsoft.com/visualstudio/msbuild/customize-by-directory).
func (t *msbuildTree) files(doc *document.Document) *msbuildFiles {
	f := &msbuildFiles{t: t, dir: path.Dir(doc.Path), seen: map[*document.Document]bool{}, properties: map[string][]value{}}
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
	list []*document.Document
	seen map[*document.Document]bool
	// properties are the properties found so far, by name.
	properties map[string][]value
}

func (f *msbuildFiles) add(doc *document.Document) {
	if doc == nil || f.seen[doc] || len(f.seen) >= maxImports {
		return
	}
	f.seen[doc] = true
	for _, text := range projectOf(doc).imports {
		f.t.steps++
		f.add(f.imported(doc, text))
	}
	f.list = append(f.list, doc)
	clear(f.properties) // the file may set other values
}

// fileAbove and folderAbove match the functions with which a file imports the one above it
// (https://learn.microsoft.com/visualstudio/msbuild/property-functions#msbuild-property-functions).
var (
	fileAbove   = syntax.Expression(`^\$\(\[MSBuild\]::GetPathOfFileAbove\(\s*['"]?([^'",)]+?)['"]?\s*(?:,\s*['"]?([^'")]*?)['"]?\s*)?\)\)$`)
	folderAbove = syntax.Expression(`^\$\(\[MSBuild\]::GetDirectoryNameOfFileAbove\(\s*['"]?([^'",]+?)['"]?\s*,\s*['"]?([^'")]+?)['"]?\s*\)\)`)
)

// imported returns the imported file; nil if the tree does not have it, as for files of an SDK.
func (f *msbuildFiles) imported(from *document.Document, text string) *document.Document {
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

// path returns the path in the tree for a path text in a file of a folder.
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
