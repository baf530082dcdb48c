package archive

import (
	"cmp"
	"context"
	"sync"

	"github.com/sluice-scan/sluice/scan"
)

// The bounds unless the options say otherwise.
const (
	// DefaultMaxDepth lets a jar within a war within a zip be looked into.
	DefaultMaxDepth = 3
	DefaultMaxBytes = 256 << 20
	// DefaultMaxRatio is far above what text of people compresses to (about 20), and far below what deflate can reach
	// (1,032).
	DefaultMaxRatio   = 200
	DefaultRatioFrom  = 8 << 20
	DefaultMaxEntries = 50_000
)

// Options are the bounds of one archive of the tree, with all that is within it. Zero means the default.
type Options struct {
	// MaxDepth is how many archives may be within one another, the outermost counted.
	MaxDepth int
	// MaxBytes is how many bytes may be unpacked.
	MaxBytes int64
	// MaxRatio is how many times its own size an archive may unpack to, once it has unpacked to RatioFrom bytes.
	MaxRatio, RatioFrom int64
	// MaxEntries is the number of entries, folders and links included.
	MaxEntries int
	// MaxEntryBytes is the size above which a file inside is named and not scanned; the default is
	// scan.DefaultMaxFileBytes. Archives that are held in memory while their insides are looked at (a compressed zip
	// within another archive) may have as much together.
	MaxEntryBytes int64
}

// Unpacker looks into archives. It is safe for concurrent use.
type Unpacker struct{ pool sync.Pool }

var _ scan.Unpacker = (*Unpacker)(nil)

// New makes an unpacker.
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

// Opens implements scan.Unpacker. It is true, too, for formats that Unpack can only name.
func (u *Unpacker) Opens(data []byte) bool { return recognizeFile(data) != noArchive }

// Unpack implements scan.Unpacker. Memory is bounded by twice MaxEntryBytes and some buffers, besides content itself.
func (u *Unpacker) Unpack(ctx context.Context, content *scan.Content, yield func(path string, data []byte)) scan.Unpacked {
	p := u.pool.Get().(*unpacking)
	p.begin(content.Path, int64(len(content.Data)), ctx.Err)
	p.show = yield
	p.file(content.Path, content.Data)
	answer := p.end()
	p.release()
	// An unpacking that broke off with a panic is in an unknown state and does not come back here.
	u.pool.Put(p)
	return answer
}
