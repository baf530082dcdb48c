package format

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// pageFinding is one finding on the page: as a block with its code, or as a row.
type pageFinding struct {
	Anchor, Letter, Severity, Engine, EngineWord string
	Title, Dir, File, Rule, Fingerprint          string
	New, Blocks, Off                             flag
	Open                                         bool
	Lines                                        []pageLine
	Flow                                         []pageStep
	Remediation, Message, Facts                  []string
	Suppression, Link, LinkWord, FileLink        string
}

// flag is "1" or "" in an attribute, and true or false in a condition.
type flag string

func flagOf(b bool) flag {
	if b {
		return "1"
	}
	return ""
}

type pageLine struct {
	Number string
	Hit    bool
	Text   pageText
}

// pageStep is one step of the way of data.
type pageStep struct{ Kind, Place, Text string }

type pageText struct{ Before, Mark, After string }

// list fills the findings and the filters.
func (p *page) list(r *scan.Result, options Options) {
	engines := map[scan.Engine]int{}
	blocking, fresh, open := 0, 0, 0
	for i := range r.Findings {
		f := &r.Findings[i]
		engines[f.Engine]++
		blocks := options.Gate.Blocks(f)
		if blocks {
			blocking++
		}
		if f.New && f.Live() && r.Compared() {
			fresh++
		}
		if i >= maxListed {
			continue
		}
		out := rowOf(f, f.New && r.Compared(), blocks)
		if i >= maxDetailed {
			p.Rest = append(p.Rest, out)
			continue
		}
		out.Anchor = "f" + strconv.Itoa(i+1)
		out.detail(f, options.Links)
		if out.Open = blocks && open < maxOpen; out.Open {
			open++
		}
		p.Findings = append(p.Findings, out)
	}
	all := len(r.Findings)
	p.Shows = []pageChip{{Value: "all", Word: "All", Number: scan.Thousands(int64(all)), Pressed: true}}
	for _, chip := range []struct {
		value, word string
		n           int
	}{{"new", "New", fresh}, {"blocks", "Blocking", blocking}, {"off", "Suppressed", r.Suppressed()}} {
		if chip.n > 0 && (chip.n < all || chip.value == "off") {
			p.Shows = append(p.Shows, pageChip{Value: chip.value, Word: chip.word, Number: scan.Thousands(int64(chip.n))})
		}
	}
	for _, e := range enginesOf(r) {
		if engines[e] > 0 {
			p.EngineChips = append(p.EngineChips, pageChip{Value: string(e), Word: engineWord(e), Number: scan.Thousands(int64(engines[e]))})
		}
	}
	if len(p.Rest) > 0 {
		p.RestWords = "The first " + scan.Thousands(maxDetailed) + " are above with their code; these " + scan.Thousands(int64(len(p.Rest))) +
			" follow without it, to keep the page fast."
	}
	if all > maxListed {
		p.Missing = scan.Plural(all-maxListed, "more finding is", "more findings are") + " not on this page. JSON, CSV and SARIF have all of them."
	}
}

func rowOf(f *scan.Finding, fresh, blocks bool) pageFinding {
	where := place(f)
	slash := strings.LastIndexByte(where, '/') + 1
	return pageFinding{
		Letter: letter(f.Severity), Severity: severityWord(f.Severity), Engine: string(f.Engine), EngineWord: engineWord(f.Engine),
		Title: display.Escape(cmp.Or(f.Title, f.RuleID)), Dir: where[:slash], File: where[slash:],
		New: flagOf(fresh), Blocks: flagOf(blocks), Off: flagOf(!f.Live()),
	}
}

func (p *pageFinding) detail(f *scan.Finding, links Links) {
	p.Rule, p.Fingerprint = display.Escape(f.RuleID), display.Escape(f.Fingerprint)
	p.Message, p.Remediation = visibleLines(f.Message), visibleLines(f.Remediation)
	if f.Engine.Info().Foreign {
		// The message of another tool about this place matters more than its page of help.
		p.Message, p.Remediation = p.Remediation, p.Message
	}
	if f.Suppression != nil {
		words := strings.Join(suppressionWords(f.Suppression), ", ")
		p.Suppression = strings.ToUpper(words[:1]) + words[1:] + "."
	}
	if p.Link = weblink.Safe(f.Link); p.Link != "" {
		p.LinkWord = "More about it"
		if _, rest, ok := strings.Cut(p.Link, "://"); ok {
			host, _, _ := strings.Cut(rest, "/")
			p.LinkWord = "More at " + host
		}
	}
	if links.File != nil && f.Path != "" && f.Commit == "" {
		// An archive has a page, but the files in it do not.
		path, line := f.Path, f.StartLine
		if f.Archive != "" {
			path, line = f.Archive, 0
		}
		p.FileLink = weblink.Safe(links.File(path, line))
	}
	if f.Commit != "" {
		p.Facts = append(p.Facts, "only in the history, in commit "+shortHash(f.Commit))
	}
	if f.Confidence > 0 {
		p.Facts = append(p.Facts, "confidence "+f.Confidence.String())
	}
	if words := verifiedWords(f.Verified); words != "" {
		p.Facts = append(p.Facts, words)
	}
	if f.Related != "" {
		p.Facts = append(p.Facts, display.Escape(f.Related))
	}
	p.Lines = linesOf(f)
	for i := range f.Flow {
		s := &f.Flow[i]
		p.Flow = append(p.Flow, pageStep{string(s.Kind), display.Escape(s.Path) + ":" + number(s.StartLine), display.Escape(s.Text)})
	}
}

// maxColumns is the length at which a long line is cut on the page.
const maxColumns = 400

// linesOf shows the context with the finding's lines marked, or only the excerpt if there is no context.
func linesOf(f *scan.Finding) []pageLine {
	parts := excerptOf(f)
	if len(f.Context) == 0 {
		if f.Excerpt == "" {
			return nil
		}
		return []pageLine{{Number: number(f.StartLine), Hit: true, Text: textOf(parts)}}
	}
	out := make([]pageLine, 0, len(f.Context))
	for _, line := range f.Context {
		hit := line.Number >= f.StartLine && line.Number <= max(f.EndLine, f.StartLine) && f.StartLine > 0
		text := excerpt{before: line.Text}
		if line.Number == f.StartLine && f.Excerpt != "" {
			if at := strings.Index(line.Text, f.Excerpt); at >= 0 {
				text = excerpt{line.Text[:at] + parts.before, parts.mark, parts.after + line.Text[at+len(f.Excerpt):]}
			}
		}
		out = append(out, pageLine{Number: number(line.Number), Hit: hit, Text: textOf(text)})
	}
	return out
}

func textOf(e excerpt) pageText {
	e = e.each(visibleCode).fit(maxColumns)
	return pageText{e.before, e.mark, e.after}
}
