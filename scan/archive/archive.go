package archive

import (
	"cmp"
	"context"
	"sync"

	"github.com/sluice-scan/sluice/scan"
)

// The default limits.
const (
	// DefaultMaxDepth allows a jar within a war within a zip.
	DefaultMaxDepth = 3
	DefaultMaxBytes = 256 << 20
	// DefaultMaxRatio is far above the compression ratio of real text (about 20), and far below the maximum of deflate
	// (1,032).
	DefaultMaxRatio   = 200
	DefaultRatioFrom  = 8 << 20
	DefaultMaxEntries = 50_000
)

// Options are the limits for one archive of the tree, including everything in it. Zero means the default.
type Options struct {
	// MaxDepth is the number of nested archives, including the outermost one.
	MaxDepth int
	// MaxBytes is the number of bytes that may be unpacked.
	MaxBytes int64
	// MaxRatio limits the unpacked size as a multiple of the archive's own size. It applies from RatioFrom unpacked bytes.
	MaxRatio, RatioFrom int64
	// MaxEntries is the number of entries, including folders and links.
	MaxEntries int
	// MaxEntryBytes is the size above which a file inside is named but not scanned; the default is
	// scan.DefaultMaxFileBytes. The archives that must be copied to memory (a compressed zip within another archive) may
	// together use the same amount.
	MaxEntryBytes int64
}

// Unpacker opens archives. It is safe for concurrent use.
type Unpacker struct{ pool sync.Pool }

var _ scan.Unpacker = (*Unpacker)(nil)

// New returns an unpacker.
func New(o Options) *Unpacker {
	o.MaxDepth = cmp.Or(o.MaxDepth, DefaultMaxDepth)
	o.MaxBytes = cmp.Or(o.MaxBytes, DefaultMaxBytes)
	o.MaxRatio = cmp.Or(o.MaxRatio, DefaultMaxRatio)
	o.RatioFrom = cmp.Or(o.RatioFrom, DefaultRatioFrom)
	o.MaxEntries = cmp.Or(o.MaxEntries, DefaultMaxEntries)
	o.MaxEntryBytes = cmp.Or(o.MaxEntryBytes, scan.DefaultMaxFileBytes)
	u := &Unpacker{}
	u.pool.New = func() any { return &unpacking{bounds: bounds{options: o}, levels: make([]level, o.MaxDepth+1)} }
	return u
}

// Opens implements scan.Unpacker. It is also true for formats that Unpack can only name.
func (u *Unpacker) Opens(data []byte) bool { return recognizeFile(data) != noArchive }

// Unpack implements scan.Unpacker. Besides content itself, it uses at most twice MaxEntryBytes of memory and some
// buffers.
func (u *Unpacker) Unpack(ctx context.Context, content *scan.Content, yield func(path string, data []byte)) scan.Unpacked {
	p := u.pool.Get().(*unpacking)
	p.begin(content.Path, int64(len(content.Data)), ctx.Err)
	p.show = yield
	p.file(content.Path, content.Data)
	answer := p.end()
	p.release()
	// After a panic the unpacking is in an unknown state, so it must not return to the pool.
	u.pool.Put(p)
	return answer
}
