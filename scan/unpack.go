package scan

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/sluice-scan/sluice/scan/display"
)

// DefaultMaxUnpackedBytes is how much all archives of one tree, or of one history, may unpack to.
const DefaultMaxUnpackedBytes = 1 << 30

// Unpacker looks into archives. It is safe for concurrent use.
type Unpacker interface {
	// Opens reports whether data, a whole file, is an archive. It is asked of every file and looks at a few bytes only.
	Opens(data []byte) bool
	// Unpack calls yield with each text file inside content, in the archive's own order, those of an archive within it in
	// that one's place. path is content.Path and the place inside, as [File] has it; data is valid during the call. What
	// it does not look into stands in the answer. It is bounded in time and memory, whatever content holds, gives the same
	// for the same content, and returns soon after ctx is done.
	Unpack(ctx context.Context, content *Content, yield func(path string, data []byte)) Unpacked
}

// Unpacked is what an [Unpacker] says of one archive.
type Unpacked struct {
	// Archives were opened, those within included; Files were met inside, binary ones too, which are not shown.
	Archives, Files int
	// Bytes is what was unpacked, whether it was shown or not.
	Bytes int64
	// Omitted holds at most one of each Code, Failures at most a few; a failure's Engine is the scanner's to fill in.
	Omitted  []Omission
	Failures []Failure
}

// Omission is one reason for which parts of archives were not looked into.
type Omission struct {
	// Code is the note's (see [Note]), Reason the beginning of its text, in front of the paths.
	Code, Reason string
	// Paths are the first few of Count.
	Paths []string
	Count int
}

// MaxNamed is how many paths a note or an [Omission] names.
const MaxNamed = 5

// Add adds one path to the omission of this code, which is appended when there is none yet.
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

// named says up to [MaxNamed] paths of count.
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

// inside is what one archive of the walk held.
type inside struct {
	Unpacked
	// findings are the first maxKept of total.
	findings []Finding
	total    int
	// shown are the failures of detectors that were shown a file inside, and of an unpacker that broke off; Failures are the
	// unpacker's own.
	shown []Failure
}

// unpack looks into an archive, whose content the reader holds.
func (w *walk) unpack(ctx context.Context, r *reader, content *Content) (in *inside) {
	in = &inside{}
	defer func() {
		if p := recover(); p != nil {
			in.shown = append(in.shown, Failure{Path: content.Path, Err: fmt.Errorf("looking into it broke off (%T); please report it with the file's kind", p)})
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

// clean reports whether everything in it was looked at, and nothing found.
func (in *inside) clean() bool {
	return in.Archives > 0 && in.total == 0 && len(in.shown) == 0 && len(in.Failures) == 0 && len(in.Omitted) == 0
}

func (in *inside) len() int {
	if in == nil {
		return 0
	}
	return len(in.findings)
}

// accept adds what is to be said of an archive to the result, and reports whether its findings count. It is called in the
// order of the files, so that the same archives count at any number of jobs.
func (w *walk) accept(f File, in *inside) bool {
	if limit := w.scanner.maxUnpackedBytes(); w.unpacked >= limit {
		omitted := Unpacked{Omitted: w.omitted}
		omitted.Add("archive-total", "not looked into, because the archives before unpacked to more than "+Megabytes(limit), f.Path)
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

// noteOmitted names what was left out, one note a reason.
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
