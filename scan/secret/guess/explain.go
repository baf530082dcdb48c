package guess

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/odds"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// explainValue adds to the trace why a value was dropped.
func explainValue(p *page.Page, list *found.List, kind looks.NameKind, v notation.Value) {
	if list.Trace == nil {
		return
	}
	text := p.Data[v.Start:v.End]
	var why []string
	for _, reason := range []struct {
		holds bool
		text  string
	}{
		{len(text) < looks.MinPassword || kind != looks.NamePassword && len(text) < looks.MinToken, "too short"},
		{len(text) > looks.MaxToken, "too long"},
		{looks.Placeholder(text), "a placeholder"},
		{looks.Reference(text), "a reference to a value elsewhere"},
		{looks.Location(text), "a path or an address"},
		{looks.Pattern(text), "a pattern"},
		{looks.EncodedPlaceholder(text), "a placeholder in base64"},
		{looks.Published().In(text), "an example that was published"},
		{looks.UUID(text), "a UUID"},
		{looks.ExampleLike(text), "made up like an example"},
		{looks.Wordy(text), "words"},
		{looks.Identifier(text) || looks.NameLike(text), "a name"},
		{v.Bare && p.Expression(v), "an expression"},
		{p.Generated(), "in a generated file"},
		{p.LongLine(v.Start), "on a line that nobody wrote by hand"},
		{wellKnown(text), "a text with a mark of its own"},
		{!looks.Random(text), "not random"},
	} {
		if reason.holds {
			why = append(why, reason.text)
		}
	}
	if len(why) == 0 {
		why = append(why, "not strong enough for this name")
	}
	list.Trace.Add(nil, v.Start, v.End, "the value of a name for a %s is dropped: %s (%d bytes, odds of randomness %.0f)",
		kindNames[kind], strings.Join(why, ", "), len(text), odds.Of(text))
}

// kindNames are the kinds of names, for messages.
var kindNames = [...]string{
	looks.NameOther: "value", looks.NamePassword: "password", looks.NameSecret: "secret", looks.NameKey: "key", looks.NameToken: "token", looks.NameCredential: "credential",
}
