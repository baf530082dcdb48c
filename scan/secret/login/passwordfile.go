package login

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// Pgpass reads lines of host:port:database:user:password, where a backslash escapes a colon (PostgreSQL, chapter "The
// Password File").
func Pgpass(p *page.Page, found *found.List) {
	for start := 0; start < len(p.Data) && !found.Full(); {
		end := ascii.LineEnd(p.Data, start, len(p.Data))
		fields, field := 0, start
		for i := start; i < end && fields < 4; i++ {
			switch p.Data[i] {
			case '\\':
				i++
			case ':':
				fields++
				field = i + 1
			}
		}
		stop := end
		for stop > field && ascii.Is(p.Data[stop-1], ascii.ClassSpace) {
			stop--
		}
		if fields == 4 {
			found.Consider(field, stop)
		}
		if password := p.Data[min(field, stop):stop]; fields == 4 && p.Data[start] != '#' && !looks.Blank(password) && !looks.Reference(password) {
			found.EmitID("PGPASS_PASSWORD", field, stop, p.Guess(check.Verdict{}))
		}
		start = end + 1
	}
}

// RailsKey reads a file that holds 32 hex digits and nothing else.
func RailsKey(p *page.Page, found *found.List) {
	key := bytes.TrimSpace(p.Data)
	if len(key) == 32 && ascii.OnlyOf(key, ascii.ClassHex, "") && ascii.Diverse(key, 6) {
		start := bytes.Index(p.Data, key)
		found.EmitID("RAILS_MASTER_KEY", start, start+len(key), p.Guess(check.Verdict{}))
	}
}
