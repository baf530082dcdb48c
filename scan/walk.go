package scan

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// file reads one file, shows it to every detector, and finishes what they found.
func (w *walk) file(ctx context.Context, r *reader, f File) []Finding {
	switch f.Mode {
	case ModeSymlink:
		w.count(func(s *Stats) { s.Symlinks++ })
		return nil
	case ModeSubmodule:
		w.count(func(s *Stats) { s.Submodules++ })
		return nil
	}
	if w.known(f) {
		return nil
	}
	content, err := r.read(f)
	switch {
	case errors.Is(err, errOversize):
		w.mu.Lock()
		w.oversize = append(w.oversize, f.Path)
		w.mu.Unlock()
		w.count(func(s *Stats) { s.Oversize++ })
		return nil
	case err != nil:
		w.unread(Failure{Path: f.Path, Err: err})
		return nil
	}
	w.counted(content.Size, content.Binary, content.LFS)
	if content.LFS {
		return nil
	}
	var findings []Finding
	clean := true
	for i, pass := range w.passes {
		list, err := guard(func() ([]Finding, error) { return pass.File(ctx, content) })
		if err != nil {
			clean = false
			if ctx.Err() == nil {
				w.fail(Failure{Engine: w.engines[i], Path: f.Path, Err: err})
			}
		}
		findings = append(findings, list...)
	}
	if clean && len(findings) == 0 && w.cache != nil && f.Size >= 0 {
		w.cache.Add(f.Blob, f.Path, content.Binary)
	}
	w.finish(content, findings)
	return findings
}

// known counts a file that was clean before as if it had been read, so that a result does not tell whether there was a
// cache.
func (w *walk) known(f File) bool {
	if w.cache == nil || f.Blob == "" || f.Size < 0 || f.Size > w.scanner.maxFileBytes() {
		return false
	}
	binary, ok := w.cache.Clean(f.Blob, f.Path)
	if ok {
		w.counted(f.Size, binary, false)
	}
	return ok
}

// counted adds one file that was read, of size bytes.
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

// end closes the passes. What they find only now is placed by reading its file again.
func (w *walk) end(ctx context.Context, source Source, files []File) error {
	var late []Finding
	for i, pass := range w.passes {
		list, err := guard(func() ([]Finding, error) { return pass.End(ctx) })
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			w.fail(Failure{Engine: w.engines[i], Err: err})
		}
		late = append(late, list...)
	}
	if len(late) == 0 {
		return nil
	}
	sort.SliceStable(late, func(i, j int) bool { return late[i].Path < late[j].Path })
	r := newReader(source, w.scanner.maxFileBytes())
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
		w.finish(content, group)
		w.findings = append(w.findings, group...)
		start = stop
	}
	return nil
}

// finish fills in what is the scanner's part of a finding.
func (w *walk) finish(content *Content, findings []Finding) {
	if len(findings) == 0 {
		return
	}
	for i := range findings {
		f := &findings[i]
		f.Path, f.Commit = content.Path, content.Commit
		if f.Fingerprint == "" {
			f.Fingerprint = Fingerprint(f)
		}
	}
	if w.kind == walkBase {
		return
	}
	locate(content.Data, findings)
	applyInline(content.Path, content.Data, findings)
}

func (w *walk) count(add func(*Stats)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	add(&w.result.Stats)
}

// unread notes a file that could not be read. In the base that only makes more findings new, so it is a failure that
// does not make the scan incomplete.
func (w *walk) unread(f Failure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kind == walkBase {
		f.Err = fmt.Errorf("in the base: %w", f.Err)
		w.result.Failures = append(w.result.Failures, f)
		return
	}
	w.result.Unread = append(w.result.Unread, f)
}

func (w *walk) fail(f Failure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.result.Failures = append(w.result.Failures, f)
}

// maxNamed is how many files a note names.
const maxNamed = 5

func (w *walk) noteOversize() {
	if len(w.oversize) == 0 || w.kind == walkBase {
		return
	}
	sort.Strings(w.oversize)
	names := make([]string, 0, maxNamed)
	for _, path := range w.oversize[:min(len(w.oversize), maxNamed)] {
		names = append(names, printable([]byte(path)))
	}
	more := ""
	if n := len(w.oversize) - len(names); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	w.result.Notes = append(w.result.Notes, Note{Code: "oversize", Text: fmt.Sprintf(
		"not scanned, because larger than %d MB (MAX_FILE_SIZE): %s%s", w.scanner.maxFileBytes()>>20, strings.Join(names, ", "), more)})
}

// guard turns a detector's panic into an error of that file. The panic's value is not shown: it may quote the file.
func guard(call func() ([]Finding, error)) (findings []Finding, err error) {
	defer func() {
		if p := recover(); p != nil {
			findings, err = nil, fmt.Errorf("the detector broke off (%T); please report it with the file's kind", p)
		}
	}()
	return call()
}
