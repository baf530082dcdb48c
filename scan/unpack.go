package scan

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/sluice-scan/sluice/scan/display"
)

// DefaultMaxUnpackedBytes is the default limit for the total unpacked size of the archives of a tree or a history.
const DefaultMaxUnpackedBytes = 1 << 30

// Unpacker opens archives. It is safe for concurrent use.
type Unpacker interface {
	// Opens reports whether data, a whole file, is an archive. The scanner calls it for every file, so it reads only a few
	// bytes.
	Opens(data []byte) bool
	// Unpack calls yield with each text file in content, in the order of the archive. Files of a nested archive come at the
	// place of that archive. path is content.Path followed by the inner path, as in [File]. data is valid during the call.
	// The result lists what was not opened. Time and memory are bounded for every content. The same content gives the same
	// result. Unpack returns soon after ctx ends.
	Unpack(ctx context.Context, content *Content, yield func(path string, data []byte)) Unpacked
}

// Unpacked is an [Unpacker]'s report about one archive.
type Unpacked struct {
	// Archives counts opened archives, including nested ones. Files counts the files in them, including binary files, which
	// are not yielded.
	Archives, Files int
	// Bytes is the unpacked size, including files that are not yielded.
	Bytes int64
	// Omitted has at most one entry for each Code, and Failures has a few entries at most. The scanner fills in the Engine
	// of a failure.
	Omitted  []Omission
	Failures []Failure
}

// Omission is one reason why parts of archives were not opened.
type Omission struct {
	// Code is the code of the [Note]. Reason is the beginning of its text, before the paths.
	Code, Reason string
	// Paths are the first few of Count.
	Paths []string
	Count int
}

// MaxNamed is the maximum number of paths in a note or an [Omission].
const MaxNamed = 5

// Add adds a path to the omission with this code, and appends the omission if it is missing.
func (u *Unpacked) Add(code, reason, path string) {
	o := omissionOf(&u.Omitted, code, reason)
	o.Count++
	if len(o.Paths) < MaxNamed {
		o.Paths = append(o.Paths, path)
	}
}

func omissionOf(list *[]Omission, code, reason string) *Omission {
	for i := range *list {
		if (*list)[i].Code == code {
			return &(*list)[i]
		}
	}
	*list = append(*list, Omission{Code: code, Reason: reason})
	return &(*list)[len(*list)-1]
}

// named lists up to [MaxNamed] paths, and the number of the others.
func named(paths []string, count int) string {
	names := make([]string, 0, MaxNamed)
	for _, path := range paths[:min(len(paths), MaxNamed)] {
		names = append(names, display.Line(path))
	}
	text := strings.Join(names, ", ")
	if n := count - len(names); n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// inside has the results from one archive of the walk.
type inside struct {
	Unpacked
	// findings are the first maxKept findings. total counts all.
	findings []Finding
	total    int
	// shown are the failures of detectors in inner files, and of an unpacker that panicked. Failures has the unpacker's
	// own.
	shown []Failure
}

// unpack scans an archive whose content is in the reader's buffer.
func (w *walk) unpack(ctx context.Context, r *reader, content *Content) (in *inside) {
	in = &inside{}
	defer func() {
		if p := recover(); p != nil {
			in.shown = append(in.shown, Failure{Path: content.Path, Err: fmt.Errorf("opening it crashed (%T); please report it with the file's kind", p)})
		}
	}()
	in.Unpacked = w.unpacker.Unpack(ctx, content, func(path string, data []byte) {
		inner := r.content(File{Path: path, Archive: content.Path, Commit: content.Commit}, data)
		if inner.LFS {
			return
		}
		findings, failures := w.show(ctx, inner)
		in.total += len(findings)
		in.findings = append(in.findings, findings[:min(len(findings), maxKept-len(in.findings))]...)
		in.shown = append(in.shown, failures...)
	})
	return in
}

// clean reports whether everything in the archive was scanned and nothing was found.
func (in *inside) clean() bool {
	return in.Archives > 0 && in.total == 0 && len(in.shown) == 0 && len(in.Failures) == 0 && len(in.Omitted) == 0
}

func (in *inside) len() int {
	if in == nil {
		return 0
	}
	return len(in.findings)
}

// accept adds an archive's results to the scan and reports whether its findings count. It is called in file order, so
// that the same archives count with any number of jobs.
func (w *walk) accept(f File, in *inside) bool {
	if limit := w.scanner.maxUnpackedBytes(); w.unpacked >= limit {
		omitted := Unpacked{Omitted: w.omitted}
		omitted.Add("archive-total", "not opened, because the archives before unpacked to more than "+Megabytes(limit), f.Path)
		w.omitted = omitted.Omitted
		return false
	}
	w.unpacked += in.Bytes
	for _, failure := range slices.Concat(in.shown, in.Failures) {
		if failure.Engine == "" {
			failure.Engine = w.archivist
		}
		w.fail(failure)
	}
	for _, o := range in.Omitted {
		sum := omissionOf(&w.omitted, o.Code, o.Reason)
		sum.Count += o.Count
		sum.Paths = append(sum.Paths, o.Paths[:min(len(o.Paths), MaxNamed-len(sum.Paths))]...)
	}
	if w.kind != walkBase {
		w.count(func(s *Stats) { s.Archives += in.Archives; s.Archived += in.Files })
	}
	return true
}

// noteOmitted adds one note for each reason.
func (w *walk) noteOmitted() {
	if w.kind == walkBase {
		return
	}
	sort.Slice(w.omitted, func(i, j int) bool { return w.omitted[i].Code < w.omitted[j].Code })
	for _, o := range w.omitted {
		w.result.Notes = append(w.result.Notes, Note{Code: o.Code, Text: o.Reason + ": " + named(o.Paths, o.Count)})
	}
}

func (s *Scanner) maxUnpackedBytes() int64 {
	if s.MaxUnpackedBytes > 0 {
		return s.MaxUnpackedBytes
	}
	return DefaultMaxUnpackedBytes
}
