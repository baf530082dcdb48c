package login

import (
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// maxMachine bounds an entry of a netrc file in bytes.
const maxMachine = 400

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
