package scan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
)

// file reads one file, runs every detector on it and finishes the findings. inside is nil unless the file is an archive.
// If full is true, archives are not opened.
func (w *walk) file(ctx context.Context, r *reader, f File, full bool) ([]Finding, *inside) {
	switch f.Mode {
	case ModeSymlink:
		w.count(func(s *Stats) { s.Symlinks++ })
		return nil, nil
	case ModeSubmodule:
		w.count(func(s *Stats) { s.Submodules++ })
		return nil, nil
	}
	if clean, ok := w.known(f); ok {
		if clean.Archives == 0 {
			return nil, nil
		}
		return nil, &inside{Unpacked: Unpacked{Archives: clean.Archives, Files: clean.Files, Bytes: clean.Bytes}}
	}
	content, err := r.read(f)
	switch {
	case errors.Is(err, errOversize):
		w.mu.Lock()
		w.oversize = append(w.oversize, f.Path)
		w.mu.Unlock()
		w.count(func(s *Stats) { s.Oversize++ })
		return nil, nil
	case err != nil:
		w.unread(Failure{Path: f.Path, Err: err})
		return nil, nil
	}
	w.counted(content.Size, content.Binary, content.LFS)
	if content.LFS {
		return nil, nil
	}
	findings, failures := w.show(ctx, content)
	for _, failure := range failures {
		w.fail(failure)
	}
	if w.unpacker != nil && w.unpacker.Opens(content.Data) {
		if full {
			return findings, &inside{}
		}
		// The inner files reuse content.
		binary, again := content.Binary, content.Again
		in := w.unpack(ctx, r, content)
		if !again && in.clean() && len(findings) == 0 && len(failures) == 0 {
			w.remember(ctx, f, Clean{Binary: binary, Archives: in.Archives, Files: in.Files, Bytes: in.Bytes})
		}
		return findings, in
	}
	if !content.Again && len(findings) == 0 && len(failures) == 0 {
		w.remember(ctx, f, Clean{Binary: content.Binary})
	}
	return findings, nil
}

// remember adds a clean file to the cache, unless ctx may have ended the scan of the file early.
func (w *walk) remember(ctx context.Context, f File, clean Clean) {
	if w.cache != nil && f.Size >= 0 && ctx.Err() == nil {
		w.cache.Add(f.Blob, f.Path, clean)
	}
}

// show runs every detector on a content and finishes the findings. The failures are those of this content.
func (w *walk) show(ctx context.Context, content *Content) (findings []Finding, failures []Failure) {
	for _, b := range w.passes {
		if !b.wants.Files || content.Archive != "" && !b.wants.Archives {
			continue
		}
		list, err := guard(func() ([]Finding, error) { return b.pass.File(ctx, content) })
		if err != nil && ctx.Err() == nil {
			failures = append(failures, Failure{Engine: b.engine, Path: content.Path, Err: err})
		}
		findings = append(findings, list...)
	}
	w.finish(ctx, content, nil, findings)
	return findings, failures
}

// known counts a cached clean file as if it had been read, so that the result is the same with and without a cache.
func (w *walk) known(f File) (clean Clean, ok bool) {
	if w.cache == nil || f.Blob == "" || f.Size < 0 || f.Size > w.scanner.maxFileBytes() {
		return Clean{}, false
	}
	if clean, ok = w.cache.Clean(f.Blob, f.Path); ok {
		w.counted(f.Size, clean.Binary, false)
	}
	return clean, ok
}

// counted counts one file of size bytes as read.
func (w *walk) counted(size int64, binary, lfs bool) {
	w.count(func(s *Stats) {
		switch w.kind {
		case walkTree:
			s.Files++
			s.Bytes += size
		case walkHistory:
			s.HistoryBlobs++
		case walkBase:
			s.BaseBlobs++
		}
		if lfs {
			s.LFS++
		}
		if binary {
			s.Binary++
		}
	})
}

// end ends the passes. files are all files of the tree, including those that the walk skipped. Findings that come only
// now are located by reading the file again.
func (w *walk) end(ctx context.Context, source Source, files []File) error {
	var late []Finding
	tree := NewTree(source, files, w.scanner.maxFileBytes())
	for _, b := range w.passes {
		ending, err := guard(func() (Ending, error) { return b.pass.End(ctx, tree) })
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			ending.Failures = append(ending.Failures, Failure{Err: err})
		}
		for _, failure := range ending.Failures {
			failure.Engine = b.engine
			w.fail(failure)
		}
		late = append(late, ending.Findings...)
		if w.kind != walkBase {
			w.rules = append(w.rules, ending.Rules...)
			w.result.Packages = append(w.result.Packages, ending.Packages...)
			w.result.Unchecked += ending.Unchecked
			if ending.Idle && w.kind == walkTree {
				w.idle = append(w.idle, b.engine)
			}
			w.result.Unversioned = append(w.result.Unversioned, ending.Unversioned...)
			w.result.Notes = append(w.result.Notes, ending.Notes...)
			if !ending.DataDate.IsZero() {
				w.result.DataDate = ending.DataDate
			}
		}
	}
	if len(late) == 0 {
		return nil
	}
	for i := range late {
		late[i].wholeTree = true
	}
	sort.SliceStable(late, func(i, j int) bool { return late[i].Path < late[j].Path })
	r := newReader(source, w.scanner.maxFileBytes())
	secrets := w.secrets()
	for start := 0; start < len(late); {
		stop := start + 1
		for stop < len(late) && late[stop].Path == late[start].Path {
			stop++
		}
		group := late[start:stop]
		content := &Content{File: File{Path: group[0].Path}}
		if i := sort.Search(len(files), func(i int) bool { return files[i].Path >= group[0].Path }); i < len(files) && files[i].Path == group[0].Path {
			if again, err := r.read(files[i]); err == nil {
				content = again
			}
		}
		w.finish(ctx, content, secrets[content.Path], group)
		w.findings = append(w.findings, group...)
		start = stop
	}
	if w.kind != walkBase {
		w.elsewhere(ctx, r, files, secrets, w.findings[len(w.findings)-len(late):])
	}
	return nil
}

// secrets are the findings of secrets so far, by the paths of their files. Those in archives are left out: no line of a file shows them.
func (w *walk) secrets() map[string][]Finding {
	by := map[string][]Finding{}
	for i := range w.findings {
		if f := &w.findings[i]; !f.Secret.Empty() && f.Archive == "" {
			by[f.Path] = append(by[f.Path], *f)
		}
	}
	return by
}

// elsewhere locates the steps of findings that lie in other files than the finding.
func (w *walk) elsewhere(ctx context.Context, r *reader, files []File, secrets map[string][]Finding, findings []Finding) {
	steps := map[string][]*Step{}
	for i := range findings {
		for k := range findings[i].Flow {
			if s := &findings[i].Flow[k]; s.Path != findings[i].Path {
				steps[s.Path] = append(steps[s.Path], s)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(steps)) {
		i := sort.Search(len(files), func(i int) bool { return files[i].Path >= path })
		if i == len(files) || files[i].Path != path {
			continue
		}
		if content, err := r.read(files[i]); err == nil {
			locateSteps(ctx, content, w.scanner.Redact, secrets[path], steps[path])
		}
	}
}

// finish fills in the scanner's fields of findings. secrets are what was found in the file before.
func (w *walk) finish(ctx context.Context, content *Content, secrets, findings []Finding) {
	if len(findings) == 0 {
		return
	}
	for i := range findings {
		f := &findings[i]
		f.Path, f.Commit, f.Archive = content.Path, content.Commit, content.Archive
		for k := range f.Flow {
			f.Flow[k].Path = cmp.Or(f.Flow[k].Path, content.Path)
		}
		if f.Fingerprint == "" {
			f.Fingerprint = Fingerprint(f)
		}
	}
	if w.kind == walkBase {
		return
	}
	locate(ctx, content, w.scanner.Redact, secrets, findings)
	applyInline(content.Path, content.Data, findings)
}

func (w *walk) count(add func(*Stats)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	add(&w.result.Stats)
}

// unread records a file that could not be read.
func (w *walk) unread(f Failure) { w.keep(&w.result.Unread, f) }

// fail records a partial failure.
func (w *walk) fail(f Failure) { w.keep(&w.result.Failures, f) }

// keep adds a failure to a list of the result. A failure in the base does not make the scan incomplete, because it can
// only make more findings new.
func (w *walk) keep(list *[]Failure, f Failure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kind == walkBase {
		list = &w.faults
	}
	*list = append(*list, f)
}

// noteFaults adds a note about failures in the base. A check that failed alike in the tree itself is told there.
func (w *walk) noteFaults() {
	w.faults = slices.DeleteFunc(w.faults, func(f Failure) bool {
		return f.Path == "" && slices.ContainsFunc(w.result.Failures, func(g Failure) bool {
			return g.Engine == f.Engine && g.Path == "" && g.Err.Error() == f.Err.Error()
		})
	})
	if len(w.faults) == 0 {
		return
	}
	sortFailures(w.faults)
	var names []string
	for _, f := range w.faults[:min(len(w.faults), MaxNamed)] {
		names = append(names, fmt.Sprintf("%s (%v)", cmp.Or(f.Path, string(f.Engine), "a part of it"), f.Err))
	}
	w.result.Notes = append(w.result.Notes, Note{Code: "base-in-part", Text: fmt.Sprintf(
		"the base could not be read in full, so that older findings may count as new: %s", named(names, len(w.faults)))})
}

func (w *walk) noteOversize() {
	if len(w.oversize) == 0 || w.kind == walkBase {
		return
	}
	sort.Strings(w.oversize)
	w.result.Notes = append(w.result.Notes, Note{Code: "oversize", Text: fmt.Sprintf(
		"not scanned, because larger than %d MB (MAX_FILE_SIZE): %s", w.scanner.maxFileBytes()>>20, named(w.oversize, len(w.oversize)))})
}

// guard converts a detector's panic to an error of that file. It drops the panic value, which may quote the file.
func guard[T any](call func() (T, error)) (result T, err error) {
	defer func() {
		if p := recover(); p != nil {
			var none T
			result, err = none, fmt.Errorf("the detector crashed (%T); please report it with the file's kind", p)
		}
	}()
	return call()
}
