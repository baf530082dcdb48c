package engine

import (
	"context"
	"path"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
)

// exceptions reads which advisories other tools' files in the tree exclude: osv-scanner's configuration and OpenVEX. In a
// pull request the files come from the base, so that the pull request cannot switch its own gate off.
func exceptions(ctx context.Context, c *Checkout, p *Plan) (ignore []scan.DependencyIgnore, notes []scan.Note, err error) {
	if p.Policy != nil && p.Policy.WithoutImport {
		return nil, nil, nil
	}
	var source scan.Source = c.head
	switch {
	case c.dir != nil:
		source = c.dir
	case c.head == nil:
		return nil, nil, nil
	case p.Config.Pipeline.PullRequest():
		if c.base == nil {
			return nil, nil, nil
		}
		source = c.base
		if notes, err = c.changedExceptions(ctx); err != nil {
			return nil, nil, err
		}
	}
	files, err := exceptionFiles(ctx, source)
	if err != nil {
		return nil, nil, err
	}
	tree := scan.NewTree(source, files, maxExceptionBytes)
	for _, f := range files {
		read := sca.ReadVEX
		if path.Base(f.Path) == sca.OSVScannerFile {
			read = sca.ReadOSVScanner
		}
		content, err := tree.Read(f)
		if err != nil {
			notes = append(notes, note("exceptions", "%s is not used: %v", f.Path, err))
			continue
		}
		entries, warnings, err := read(f.Path, content.Data)
		if err != nil {
			// Without the file we report more, not less.
			notes = append(notes, note("exceptions", "%v; the file is not used", err))
			continue
		}
		for _, warning := range warnings {
			notes = append(notes, note("exceptions", "%s", warning))
		}
		ignore = append(ignore, entries...)
	}
	return ignore, notes, nil
}

// maxExceptionBytes is the size limit of a file of exceptions.
const maxExceptionBytes = 4 << 20

// exceptionFiles lists the files of a source that hold exceptions, ordered by path.
func exceptionFiles(ctx context.Context, source scan.Source) ([]scan.File, error) {
	var files []scan.File
	for f, err := range source.Files(ctx) {
		if err != nil {
			return nil, err
		}
		if (f.Mode == scan.ModeRegular || f.Mode == scan.ModeExecutable) && (path.Base(f.Path) == sca.OSVScannerFile || sca.IsVEX(f.Path)) {
			files = append(files, f)
		}
	}
	return files, nil
}

// changedExceptions says which files of exceptions a pull request changes.
func (c *Checkout) changedExceptions(ctx context.Context) ([]scan.Note, error) {
	before, err := exceptionFiles(ctx, c.base)
	if err != nil {
		return nil, err
	}
	after, err := exceptionFiles(ctx, c.head)
	if err != nil {
		return nil, err
	}
	blobs := map[string]string{}
	for _, f := range before {
		blobs[f.Path] = f.Blob
	}
	var notes []scan.Note
	for _, f := range after {
		if blobs[f.Path] != f.Blob {
			notes = append(notes, note("config-changed", "this pull request changes %s; the destination's is used until it is merged", f.Path))
		}
	}
	return notes, nil
}
