package sca

import (
	"context"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// importQuestion asks for one finding whether the code imports any of the paths in its advisory.
type importQuestion struct {
	// finding is an index into the ending's findings.
	finding int
	paths   []string
}

// askImports records the question if the advisory names packages.
func (s *survey) askImports(g *advisory.Group) {
	var paths []string
	for i := range g.Advisories {
		paths = append(paths, g.Advisories[i].Imports...)
	}
	if len(paths) > 0 {
		s.questions = append(s.questions, importQuestion{len(s.ending.Findings) - 1, paths})
	}
}

// answerImports tells for each question whether the tree's own code imports the paths in the advisory. It reads the Go
// files only if there is a question. For a transitive dependency it cannot answer "no", because the importing code is
// not in the tree.
func (s *survey) answerImports(ctx context.Context, tree *scan.Tree) error {
	if len(s.questions) == 0 {
		return nil
	}
	imported, err := goImports(ctx, tree)
	if err != nil {
		return err
	}
	for _, q := range s.questions {
		f := &s.ending.Findings[q.finding]
		switch {
		case slices.ContainsFunc(q.paths, func(path string) bool { return imported[path] }):
			f.Dependency.Imported = scan.ImportedYes
			f.Message += " The code here imports the affected package."
		case f.Dependency.Package.Relation == scan.RelationDirect:
			f.Dependency.Imported = scan.ImportedNo
			f.Message += " The code here does not import the affected package."
		}
	}
	return nil
}

// goImports returns the paths that the Go files of a tree import, except in tests. It ignores a file that cannot be read
// or parsed.
func goImports(ctx context.Context, tree *scan.Tree) (map[string]bool, error) {
	imported := map[string]bool{}
	for _, f := range tree.Files() {
		if !strings.HasSuffix(f.Path, ".go") || strings.HasSuffix(f.Path, "_test.go") || f.Mode == scan.ModeSymlink || f.Mode == scan.ModeSubmodule {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		content, err := tree.Read(f)
		if err != nil {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), "", content.Data, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, i := range file.Imports {
			if path, err := strconv.Unquote(i.Path.Value); err == nil {
				imported[path] = true
			}
		}
	}
	return imported, nil
}
