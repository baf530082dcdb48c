package scan

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// markNew sets New, and Added of the steps. It reads the base only if there is something to compare, and only the blobs of the base that the
// scanned tree does not have.
func (s *Scanner) markNew(ctx context.Context, head, base Source, result *Result, findings []Finding, files []File) error {
	for i := range findings {
		findings[i].New = true
	}
	if base == nil || len(findings) == 0 {
		return nil
	}
	baseFiles, err := collect(ctx, base)
	if err != nil {
		return fmt.Errorf("read the base %s: %w", result.Base.Commit, err)
	}
	old := newOldFindings(files, baseFiles)
	for i := range findings {
		// A finding in an unchanged file is old. A finding that depends on several files may still be new there.
		if f := &findings[i]; f.Commit == "" && !f.wholeTree && old.shares(cmp.Or(f.Archive, f.Path)) {
			old.add(f)
		}
	}
	if slices.ContainsFunc(findings, func(f Finding) bool { return !old.has(&f) }) {
		walk := s.newWalk(result, walkBase)
		if err := walk.run(ctx, base, old.differ, baseFiles); err != nil {
			return err
		}
		for i := range walk.findings {
			old.add(&walk.findings[i])
			old.leave(&walk.findings[i])
		}
	}
	for i := range findings {
		findings[i].New = !old.has(&findings[i])
	}
	return s.markAdded(ctx, head, base, files, baseFiles, old, findings)
}

// oldFindings are the findings of the base.
type oldFindings struct {
	// differ lists the files of the base whose blobs the scanned tree does not have.
	differ []File
	// blobs are the object ids by path in the scanned tree. shared are those that the base also has, at any path.
	blobs  map[string]string
	shared map[string]bool
	// renamed maps the current path of a blob to its path in the base.
	renamed map[string]string
	// findings are the keys of the base's findings; see findingKey.
	findings map[string]bool
	// left are the fingerprints of flows in files of the base that the scanned tree does not have.
	left map[string]bool
}

func newOldFindings(files, base []File) *oldFindings {
	o := &oldFindings{blobs: make(map[string]string, len(files)), shared: map[string]bool{}, renamed: map[string]string{}, findings: map[string]bool{}, left: map[string]bool{}}
	head := make(map[string]bool, len(files))
	for i := range files {
		o.blobs[files[i].Path] = files[i].Blob
		if files[i].Blob != "" {
			head[files[i].Blob] = true
		}
	}
	inBase := make(map[string]bool, len(base))
	gone := map[string]string{}
	for _, f := range base {
		inBase[f.Path] = true
		if f.Blob == "" || !head[f.Blob] {
			o.differ = append(o.differ, f)
			continue
		}
		o.shared[f.Blob] = true
		if _, stays := o.blobs[f.Path]; !stays {
			gone[f.Blob] = f.Path
		}
	}
	for i := range files {
		if from, ok := gone[files[i].Blob]; ok && !inBase[files[i].Path] {
			o.renamed[files[i].Path] = from
		}
	}
	return o
}

// shares reports whether the base contains the content of a file of the scanned tree.
func (o *oldFindings) shares(path string) bool { return o.shared[o.blobs[path]] }

func (o *oldFindings) add(f *Finding) { o.findings[findingKey(f, f.Path)] = true }

// leave notes a flow of the base whose file the scanned tree does not have. The file may have been moved and changed.
func (o *oldFindings) leave(f *Finding) {
	if _, stays := o.blobs[f.Path]; !stays && len(f.Flow) > 0 {
		o.left[f.Fingerprint] = true
	}
}

func (o *oldFindings) has(f *Finding) bool {
	return o.findings[findingKey(f, f.Path)] || f.wholeTree && o.findings[findingKey(f, o.renamed[f.Path])] || len(f.Flow) > 0 && o.left[f.Fingerprint]
}

// findingKey identifies a finding when a tree is compared with its base. A secret is the same in every file. A
// vulnerable package in a second file is a second problem.
func findingKey(f *Finding, path string) string {
	if !f.wholeTree {
		return f.Fingerprint
	}
	return f.Fingerprint + "\x00" + path
}
