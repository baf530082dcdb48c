package findings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/sluice-scan/sluice/internal/export"
	"github.com/sluice-scan/sluice/internal/quote"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan"
)

type lineWire struct {
	Text            string        `json:"text"`
	LineOffsetStart int           `json:"lineOffsetStart" doc:"Where the match starts in the text, in UTF-16 code units."`
	LineOffsetEnd   int           `json:"lineOffsetEnd"`
	Truncated       bool          `json:"truncated"`
	Masked          bool          `json:"masked"`
	LineByteStart   int           `json:"lineByteStart" doc:"Where the match starts in the text, in bytes of UTF-8."`
	LineByteEnd     int           `json:"lineByteEnd"`
	MatchText       *string       `json:"matchText,omitempty"`
	Path            string        `json:"path"`
	Archive         string        `json:"archive,omitempty"`
	Line            int           `json:"line"`
	EndLine         int           `json:"endLine"`
	RuleName        string        `json:"ruleName" doc:"The name of the rule."`
	RuleID          string        `json:"ruleId" doc:"The id of the rule, as reports have it."`
	Title           string        `json:"title"`
	Severity        scan.Severity `json:"severity"`
	Engine          scan.Engine   `json:"engine"`
	Commit          string        `json:"commit"`
	Author          *string       `json:"author" doc:"The author who added the line; null when not known."`
	AuthorEmail     *string       `json:"authorEmail"`
	OriginCommit    *string       `json:"originCommit" doc:"The commit that added the line; null when not known."`
	OriginDate      *string       `json:"originDate"`
	Allowlisted     bool          `json:"allowlisted"`
	Reviewed        bool          `json:"reviewed"`
	Fingerprint     string        `json:"fingerprint"`
	FindingID       string        `json:"findingId"`
	Flow            []stepWire    `json:"flow,omitempty" doc:"The flow of the data from its source to this finding in code. It is missing when the finding has no flow, and when the scan was before flows were kept."`
}

func lineBody(o *findings.Occurrence, t *quote.Text, commit string) lineWire {
	if o.Commit != "" {
		commit = o.Commit
	}
	w := lineWire{
		Text: t.Text, LineOffsetStart: t.Start, LineOffsetEnd: t.End, Truncated: t.Truncated, Masked: t.Masked, LineByteStart: t.ByteStart, LineByteEnd: t.ByteEnd,
		Path: o.Path, Archive: o.Archive, Line: o.Line, EndLine: o.EndLine, RuleName: o.RuleName, RuleID: o.Rule, Title: o.Title, Severity: o.Severity, Engine: o.Engine, Commit: commit,
		Allowlisted: o.Allowed != "", Reviewed: o.Decided, Fingerprint: o.Fingerprint, FindingID: db.Key(o.ID), Flow: stepsBody(o.Flow),
	}
	if from := &o.Origin; from.Commit != "" {
		w.Author, w.AuthorEmail, w.OriginCommit, w.OriginDate = &from.Author, &from.Email, &from.Commit, api.Date(from.At)
	}
	if !t.Masked {
		match := t.Match()
		w.MatchText = &match
	}
	return w
}

// resultAnswer is a state with its findings, as writeResult writes it. A state without a result has no findings.
type resultAnswer struct {
	resultWire
	Lines []lineWire `json:"invalidLines,omitempty"`
}

// writeResult writes the state and its findings, which it reads in pieces.
func (s *Resource) writeResult(c *api.Call, w io.Writer, body *resultWire, branch int64, filter findings.OccurrenceFilter, read *quote.Texts) error {
	head, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, `%s,"invalidLines":[`, head[:len(head)-1]); err != nil {
		return err
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	comma, unmasked := "", 0
	err = export.Each(c.Context(), s.Findings, branch, filter, func(o *findings.Occurrence) error {
		t := read.Of(c.Context(), o)
		if !t.Masked {
			unmasked++
		}
		if _, err := io.WriteString(w, comma); err != nil {
			return err
		}
		comma = ","
		return encoder.Encode(lineBody(o, &t, read.Commit))
	})
	if unmasked > 0 {
		err = errors.Join(err, c.Record("finding.revealed", c.Project.Key+"/"+c.Repository.Slug+" : "+body.Branch, fmt.Sprintf("%d texts", unmasked)))
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "]}\n")
	return err
}
