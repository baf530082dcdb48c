package key

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// maxJWK bounds a key of a key set in bytes, on each side of the hit.
const maxJWK = 4096

// MatchJWK reads the JSON object around the hit `"kty"` and emits its private member: d, or k of a symmetric key (RFC
// 7518, 6.2.2, 6.3.2, 6.4.1).
func MatchJWK(p *page.Page, list *found.List, start, end int) {
	if colon := ascii.SkipSpace(p.Data, end); colon == len(p.Data) || p.Data[colon] != ':' {
		return
	}
	first := max(0, start-maxJWK)
	if at := bytes.LastIndexByte(p.Data[first:start], '{'); at >= 0 {
		first += at
	}
	last := min(len(p.Data), end+maxJWK)
	if at := bytes.IndexByte(p.Data[end:last], '}'); at >= 0 {
		last = end + at
	}
	kind := p.Data[end:min(last, end+20)]
	member := `"d"`
	if bytes.Contains(kind, []byte(`"oct"`)) {
		member = `"k"`
	}
	at := bytes.Index(p.Data[first:last], []byte(member))
	if at < 0 {
		return
	}
	at = ascii.SkipSpace(p.Data, first+at+len(member))
	if at >= last || p.Data[at] != ':' {
		return
	}
	at = ascii.SkipSpace(p.Data, at+1)
	if at >= last || p.Data[at] != '"' {
		return
	}
	stop := at + 1
	for stop < last && (ascii.Is(p.Data[stop], ascii.ClassAlnum) || p.Data[stop] == '-' || p.Data[stop] == '_') {
		stop++
	}
	if key := p.Data[at+1 : stop]; len(key) >= 16 && ascii.Diverse(key, 8) {
		list.EmitID("JWK_PRIVATE_KEY", at+1, stop, check.Verdict{})
	}
}
