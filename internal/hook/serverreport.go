package hook

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

const (
	// maxReported limits the entries of a push that a server receives, reportBatch the entries of one call, and maxField
	// each text in them, in columns. Users choose the length of their names, and must not escape the audit log with a long
	// one.
	maxReported = 1000
	reportBatch = 50
	maxField    = 120
)

// Report sends the hook's entries to the server for its audit log, and returns how many the server has. It takes a few
// seconds at most, whatever the server does, because a user waits. It also works after ctx has ended: a push that could
// not be checked in time is worth an entry.
func (s *Server) Report(ctx context.Context, repository string, entries []Entry) (reported int, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	sent := entries[:min(len(entries), maxReported)]
	for reported < len(sent) {
		part := sent[reported:min(reported+reportBatch, len(sent))]
		body := struct {
			Entries []Entry `json:"entries"`
		}{make([]Entry, 0, len(part)+1)}
		for _, e := range part {
			body.Entries = append(body.Entries, shortened(e))
		}
		left := len(entries) - reported - len(part)
		if reported+len(part) == len(sent) && left > 0 {
			last := shortened(part[len(part)-1])
			last.Commit, last.Findings, last.Rules, last.Places = "", 0, nil, nil
			last.Error = fmt.Sprintf("%s of this push are only in the git server's own audit file", scan.Plural(left, "more entry", "more entries"))
			body.Entries = append(body.Entries, last)
		}
		if err := s.call(ctx, reportTime, http.MethodPost, repository, "/events", body, nil); err != nil {
			return reported, err
		}
		reported += len(part)
	}
	if left := len(entries) - reported; left > 0 {
		return reported, fmt.Errorf("%s are more than a push may report; the server has the first %d", scan.Plural(len(entries), "entry", "entries"), reported)
	}
	return reported, nil
}

// shortened returns an entry with every text cut to the limit: names keep their beginning, places their end.
func shortened(e Entry) Entry {
	// A rune has at most four bytes, so the bytes that this cuts off need no look.
	const most = 4 * maxField
	for _, text := range []*string{&e.Ref, &e.Author, &e.Committer, &e.Pusher, &e.Error, &e.Repository} {
		if len(*text) > most {
			*text = strings.ToValidUTF8((*text)[:most], "") + "…"
		}
		*text = display.CutEnd(*text, maxField)
	}
	list := func(texts []string) []string {
		var short []string
		for _, text := range texts[:min(len(texts), maxPlaces)] {
			if len(text) > most {
				text = "…" + strings.ToValidUTF8(text[len(text)-most:], "")
			}
			short = append(short, display.CutStart(text, maxField))
		}
		return short
	}
	e.Rules, e.Places = list(e.Rules), list(e.Places)
	return e
}
