package login

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// maxMachine bounds an entry of a netrc file in bytes.
const maxMachine = 400

// Pgpass reads lines of host:port:database:user:password, in which a backslash escapes a colon
// (https://www.postgresql.org/docs/current/libpq-pgpass.html).
func Pgpass(p *page.Page, list *found.List) {
	for start := 0; start < len(p.Data) && !list.Full(); {
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
			list.Consider(field, stop)
		}
		if password := p.Data[min(field, stop):stop]; fields == 4 && p.Data[start] != '#' && !looks.Blank(password) && !looks.Reference(password) {
			list.EmitID("PGPASS_PASSWORD", field, stop, p.Guess(check.Verdict{}))
		}
		start = end + 1
	}
}

// RailsKey reads a file that holds 32 hexadecimal digits and nothing else.
func RailsKey(p *page.Page, list *found.List) {
	key := bytes.TrimSpace(p.Data)
	if len(key) == 32 && ascii.OnlyOf(key, ascii.ClassHex, "") && ascii.Diverse(key, 6) {
		start := bytes.Index(p.Data, key)
		list.EmitID("RAILS_MASTER_KEY", start, start+len(key), p.Guess(check.Verdict{}))
	}
}

// ErlangCookie emits the cookie in the file of an Erlang node, which is its whole text
// (https://www.erlang.org/doc/system/distributed.html#security).
func ErlangCookie(p *page.Page, list *found.List) {
	cookie := bytes.TrimSpace(p.Data)
	if len(cookie) >= looks.MinToken && len(cookie) <= 255 && looks.Random(cookie) && !looks.Placeholder(cookie) {
		start := bytes.Index(p.Data, cookie)
		list.EmitID("GENERIC_SECRET", start, start+len(cookie), p.Guess(check.Verdict{}))
	}
}

// MatchNetrc reads an entry of a netrc file from the hit "machine " on
// (https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html).
func MatchNetrc(p *page.Page, list *found.List, start, end int) {
	if start > 0 && !ascii.Is(p.Data[start-1], ascii.ClassSpace) && !ascii.IsQuote(p.Data[start-1]) {
		return
	}
	stop := min(len(p.Data), end+maxMachine)
	next := func(at int) (int, int) {
		for at < stop && ascii.Is(p.Data[at], ascii.ClassSpace) {
			at++
		}
		return at, ascii.Word(p.Data, at, 256)
	}
	begin, at := next(end)
	documented := looks.LocalHost(p.Data[begin:at]) || ascii.ContainsFold(p.Data[begin:at], []byte("example"))
	login, anonymous := false, false
	for range 6 {
		begin, at = next(at)
		field := string(p.Data[begin:at])
		begin, at = next(at)
		text := p.Data[begin:at]
		switch field {
		case "account", "port", "protocol":
		case "login":
			login, anonymous = true, ascii.EqualFold(text, []byte("anonymous"))
		case "password":
			list.Consider(begin, at)
			if !login || anonymous || len(text) < looks.MinPassword || looks.Reference(text) || looks.Placeholder(text) || documented && !looks.StrongPassword(text) {
				return
			}
			list.EmitID("NETRC_PASSWORD", begin, at, p.Guess(check.Verdict{}))
			return
		default:
			// Prose, or the next entry.
			return
		}
	}
}
