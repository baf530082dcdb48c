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

// MatchJWK reads the object around the hit "kty" and emits its private member: d, or k of a symmetric key (RFC 7518, 6.2.2,
// 6.3.2, 6.4.1). The object may be JSON, escaped JSON, or an object of a program.
func MatchJWK(p *page.Page, list *found.List, start, end int) {
	if start > 0 && ascii.Is(p.Data[start-1], ascii.ClassAlnum) {
		return
	}
	colon := afterName(p.Data, end)
	if colon < 0 {
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
	member := byte('d')
	if bytes.Contains(p.Data[end:min(last, end+24)], []byte("oct")) {
		member = 'k'
	}
	for at := first; at < last; at++ {
		next := bytes.IndexByte(p.Data[at:last], member)
		if next < 0 {
			return
		}
		at += next
		if at > first && ascii.NameByte(p.Data[at-1]) {
			continue
		}
		if value := afterName(p.Data[:last], at+1); value > 0 && emitMember(p, list, value, last) {
			return
		}
	}
}

// afterName returns the offset behind the colon that follows a name and its quote; -1 when no colon follows.
func afterName(data []byte, at int) int {
	for at < len(data) && (ascii.IsQuote(data[at]) || data[at] == '\\' || data[at] == ' ') {
		at++
	}
	if at < len(data) && data[at] == ':' {
		return at + 1
	}
	return -1
}

// emitMember emits the quoted base64 at an offset as the private member of a key. It returns false when none is there.
func emitMember(p *page.Page, list *found.List, at, last int) bool {
	at = ascii.SkipSpace(p.Data, at)
	for at < last && p.Data[at] == '\\' {
		at++
	}
	if at >= last || !ascii.IsQuote(p.Data[at]) {
		return false
	}
	stop := at + 1
	for stop < last && (ascii.Is(p.Data[stop], ascii.ClassAlnum) || p.Data[stop] == '-' || p.Data[stop] == '_') {
		stop++
	}
	key := p.Data[at+1 : stop]
	if len(key) < 16 || !ascii.Diverse(key, 8) {
		return false
	}
	list.EmitID("JWK_PRIVATE_KEY", at+1, stop, check.Verdict{})
	return true
}
