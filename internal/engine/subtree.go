package engine

import (
	"context"
	"iter"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// subtree is one folder of a source; its paths are relative to that folder.
type subtree struct {
	source scan.Source
	// prefix is the folder's path with a slash at its end.
	prefix string
}

// Files implements scan.Source.
func (s subtree) Files(ctx context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		for f, err := range s.source.Files(ctx) {
			if err == nil {
				path, ok := strings.CutPrefix(f.Path, s.prefix)
				if !ok {
					continue
				}
				f.Path = path
			}
			if !yield(f, err) {
				return
			}
		}
	}
}
