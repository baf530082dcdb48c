package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// pgpass reads lines of host:port:database:user:password, where a backslash escapes a colon (PostgreSQL, chapter "The
// Password File").
func pgpass(p *page, found *list) {
	r := found.byID["PGPASS_PASSWORD"]
	for start := 0; start < len(p.data) && !found.full(); {
		end := ascii.LineEnd(p.data, start, len(p.data))
		fields, field := 0, start
		for i := start; i < end && fields < 4; i++ {
			switch p.data[i] {
			case '\\':
				i++
			case ':':
				fields++
				field = i + 1
			}
		}
		stop := end
		for stop > field && ascii.Is(p.data[stop-1], ascii.ClassSpace) {
			stop--
		}
		if fields == 4 {
			found.consider(field, stop)
		}
		if password := p.data[min(field, stop):stop]; fields == 4 && p.data[start] != '#' && !looks.Blank(password) && !looks.Reference(password) {
			found.emit(r, field, stop, p.guess(check.Verdict{}))
		}
		start = end + 1
	}
}

// railsKey reads a file that holds 32 hex digits and nothing else.
func railsKey(p *page, found *list) {
	key := bytes.TrimSpace(p.data)
	if len(key) == 32 && ascii.OnlyOf(key, ascii.ClassHex, "") && ascii.Diverse(key, 6) {
		start := bytes.Index(p.data, key)
		found.emitID("RAILS_MASTER_KEY", start, start+len(key), p.guess(check.Verdict{}))
	}
}

// maxMachine bounds an entry of a netrc file in bytes.
const maxMachine = 400

// matchNetrc reads an entry from the hit "machine " (the GNU inetutils manual, "The .netrc file").
func matchNetrc(p *page, found *list, start, end int) {
	if start > 0 && !ascii.Is(p.data[start-1], ascii.ClassSpace) && !ascii.IsQuote(p.data[start-1]) {
		return
	}
	stop := min(len(p.data), end+maxMachine)
	next := func(at int) (int, int) {
		for at < stop && ascii.Is(p.data[at], ascii.ClassSpace) {
			at++
		}
		return at, ascii.Word(p.data, at, 256)
	}
	begin, at := next(end)
	documented := localHost(p.data[begin:at]) || ascii.ContainsFold(p.data[begin:at], []byte("example"))
	login, anonymous := false, false
	for range 6 {
		begin, at = next(at)
		field := string(p.data[begin:at])
		begin, at = next(at)
		text := p.data[begin:at]
		switch field {
		case "account", "port", "protocol":
		case "login":
			login, anonymous = true, ascii.EqualFold(text, []byte("anonymous"))
		case "password":
			found.consider(begin, at)
			if !login || anonymous || len(text) < looks.MinPassword || looks.Reference(text) || looks.Placeholder(text) || documented && !looks.StrongPassword(text) {
				return
			}
			found.emitID("NETRC_PASSWORD", begin, at, p.guess(check.Verdict{}))
			return
		default:
			// Prose, or the next entry.
			return
		}
	}
}

// maxJWK bounds a key of a key set in bytes, to each side of the hit.
const maxJWK = 4096

// matchJWK reads the JSON object around the hit `"kty"` and looks for its private members: d, or k of a symmetric key
// (RFC 7518, 6.2.2, 6.3.2, 6.4.1).
func matchJWK(p *page, found *list, start, end int) {
	if colon := ascii.SkipSpace(p.data, end); colon == len(p.data) || p.data[colon] != ':' {
		return
	}
	first := max(0, start-maxJWK)
	if at := bytes.LastIndexByte(p.data[first:start], '{'); at >= 0 {
		first += at
	}
	last := min(len(p.data), end+maxJWK)
	if at := bytes.IndexByte(p.data[end:last], '}'); at >= 0 {
		last = end + at
	}
	kind := p.data[end:min(last, end+20)]
	member := `"d"`
	if bytes.Contains(kind, []byte(`"oct"`)) {
		member = `"k"`
	}
	at := bytes.Index(p.data[first:last], []byte(member))
	if at < 0 {
		return
	}
	at = ascii.SkipSpace(p.data, first+at+len(member))
	if at >= last || p.data[at] != ':' {
		return
	}
	at = ascii.SkipSpace(p.data, at+1)
	if at >= last || p.data[at] != '"' {
		return
	}
	stop := at + 1
	for stop < last && (ascii.Is(p.data[stop], ascii.ClassAlnum) || p.data[stop] == '-' || p.data[stop] == '_') {
		stop++
	}
	if key := p.data[at+1 : stop]; len(key) >= 16 && ascii.Diverse(key, 8) {
		found.emitID("JWK_PRIVATE_KEY", at+1, stop, check.Verdict{})
	}
}

// maxPhrase is how far behind "password is" the quoted password may stand, in bytes.
const maxPhrase = 50

// spokenPassword emits the word at an offset of a sentence when it can be nothing but a password.
func spokenPassword(p *page, found *list, at int) {
	end := at
	for end < len(p.data) && end-at < looks.MaxPassword && p.data[end] > ' ' {
		end++
	}
	text := bytes.TrimRight(p.data[at:end], ".,;:!?)\"'")
	if ascii.HasDigit(text) || looks.Symbols(text) > 0 {
		found.consider(at, end)
	}
	if !looks.Mixed(text) && !(looks.StrongPassword(text) && looks.Random(text)) || looks.Placeholder(text) || looks.Reference(text) || looks.Pattern(text) || looks.Location(text) || looks.Identifier(text) || looks.UUID(text) {
		return
	}
	// The sign behind it may end the sentence or the password: it is taken along, so that no password is cut.
	found.emitID("DOCUMENTED_PASSWORD", at, end, check.Verdict{})
}

// matchPhrase reads `the password for the user "x" is "y"`: the hit is "password is", "password for" or "password to".
func matchPhrase(p *page, found *list, start, end int) {
	if p.kind.test || p.generated() {
		return
	}
	data := p.data
	line := data[end:ascii.LineEnd(data, end, maxPhrase+100)]
	at := 0
	switch {
	case bytes.HasSuffix(data[start:end], []byte("is")):
	case data[end-1] == ' ':
		// The sentence names a user in quotes before, and then the password itself.
		if start < 2 || !ascii.IsQuote(data[start-2]) || !p.login(start) {
			return
		}
	default:
		at = bytes.Index(line[:min(len(line), maxPhrase)], []byte(" is "))
		if at < 0 {
			return
		}
		at += len(" is")
	}
	if spoken := ascii.SkipSpace(line, at); spoken < len(line) && !ascii.IsQuote(line[spoken]) {
		if blank := ascii.SkipSpace(line, spoken+1); line[spoken] == ':' && blank > spoken+1 {
			spoken = blank
		}
		spokenPassword(p, found, end+spoken)
	}
	for at < len(line) && (line[at] == ' ' || line[at] == ':' || line[at] == '\\') {
		at++
	}
	if at >= len(line) || !ascii.IsQuote(line[at]) {
		return
	}
	quote := line[at]
	begin := at + 1
	stop := begin
	for stop < len(line) && line[stop] != quote && line[stop] != ' ' && line[stop] != '\\' {
		stop++
	}
	password := line[begin:stop]
	if stop == len(line) || line[stop] == ' ' || len(password) < looks.MinPassword || looks.Placeholder(password) || looks.Reference(password) || ascii.OnlyOf(password, ascii.ClassSpace, ".,:;!?%") {
		return
	}
	found.emitID("DOCUMENTED_PASSWORD", end+begin, end+stop, check.Verdict{})
}
