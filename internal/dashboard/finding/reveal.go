package finding

import (
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/quote"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan/display"
)

// revealed is the text of a finding. Failure says why it is not shown; then there is no text.
type revealed struct {
	Before, Match, After string
	Failure              string
}

// revealable reports whether the finding has a text that pages hide, and that the repository may have.
func (l *looked) revealable() bool {
	o, e := l.place(), l.Engine.Info()
	return o != nil && o.Line > 0 && o.Archive == "" && (e.Secrets || e.Foreign)
}

// reveal shows the text of a finding in its answer, once, to somebody who may write to the repository. The audit log names
// the finding before anybody sees it.
func (s *Pages) reveal(v *page.Visit) error {
	l, err := s.look(v, v.Request.PostForm)
	if err != nil {
		return err
	}
	if !v.MayReveal() {
		return page.NotFound("There is no such finding, or you may not read its text.")
	}
	if s.Source == nil || !l.revealable() {
		return s.answer(v, l, &revealed{Failure: "There is no text here that could be shown."})
	}
	texts := quote.Texts{Lines: s.Source, Location: v.Repository.Location, Commit: l.branch.Success.Commit}
	text := texts.Of(v.Ctx(), l.place())
	if text.Masked {
		return s.answer(v, l, &revealed{Failure: "The text could not be read: the repository does not have this file and commit any longer, or cannot be read now."})
	}
	if err := v.Record("finding.revealed", v.PlaceName()+" : "+l.branch.Name, "finding "+db.Key(l.ID)); err != nil {
		return err
	}
	return s.answer(v, l, &revealed{Before: display.Text(text.Text[:text.ByteStart]), Match: display.Text(text.Match()), After: display.Text(text.Text[text.ByteEnd:])})
}
