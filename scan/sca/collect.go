package sca

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// collect reads the files of a tree that name dependencies. A file that cannot be read is a failure; the others count.
func collect(ctx context.Context, tree *scan.Tree, jobs int) (scan.Ending, error) {
	files, installed := manifests(tree)
	docs := make([]*document.Document, len(files))
	problems := make([]error, len(files))
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range min(max(jobs, 1), max(len(files), 1)) {
		group.Go(func() error {
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				docs[i], problems[i] = read(tree, files[i])
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return scan.Ending{}, err
	}
	var failures []scan.Failure
	read := docs[:0]
	for i, doc := range docs {
		if problems[i] != nil {
			failures = append(failures, scan.Failure{Path: files[i].Path, Err: problems[i]})
		}
		if doc != nil {
			read = append(read, doc)
		}
	}
	packages, more := manifest.Resolve(read)
	ending := scan.Ending{Packages: packages, Failures: append(failures, more...), Unversioned: manifest.Unversioned(read, packages)}
	for _, text := range scan.UnversionedTexts(ending.Unversioned) {
		ending.Notes = append(ending.Notes, scan.Note{Code: "no-version", Text: text})
	}
	if installed > 0 {
		ending.Notes = append(ending.Notes, scan.Note{Code: "installed-packages", Text: fmt.Sprintf(
			"not read: %s below vendor, node_modules and the like; the dependencies of installed packages are not the project's",
			scan.Plural(installed, "manifest", "manifests"))})
	}
	return ending, nil
}

// manifests returns the files of a tree that name the project's dependencies, and the number of such files in installed
// packages.
func manifests(tree *scan.Tree) (files []scan.File, installed int) {
	all := tree.Files()
	paths := make([]string, len(all))
	for i := range all {
		if all[i].Mode == scan.ModeRegular || all[i].Mode == scan.ModeExecutable {
			paths[i] = all[i].Path
		}
	}
	chosen, installed := manifest.Choose(paths)
	for _, i := range chosen {
		files = append(files, all[i])
	}
	return files, installed
}

func read(tree *scan.Tree, f scan.File) (*document.Document, error) {
	if manifest.Unread(f.Path) {
		return manifest.Read(f.Path, nil)
	}
	content, err := tree.Read(f)
	switch {
	case err != nil:
		return nil, err
	case content.LFS:
		return nil, errors.New("a Git LFS pointer, whose content is elsewhere")
	case content.Binary && manifest.Included(f.Path):
		return nil, nil // for any error; the file that includes it reports it as missing
	case content.Binary:
		return nil, errors.New("not a text file")
	}
	return manifest.Read(f.Path, content.Data)
}
