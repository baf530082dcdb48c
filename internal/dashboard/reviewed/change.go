package reviewed

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/isodate"
	"github.com/sluice-scan/sluice/internal/reviewed"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/reviews"
)

// The audit log names changes as it names the calls of the API.
const (
	addedOne      = "POST /review-lines/projects/{projectKey}/repos/{repoSlug}/create"
	removedOne    = "POST /review-lines/projects/{projectKey}/repos/{repoSlug}/delete"
	addedFile     = "POST /global-reviewed/create"
	removedFile   = "POST /global-reviewed/delete"
	exportedAll   = "GET /export/reviewed"
	exportedPlace = "GET /export/reviewed/projects/{projectKey}/repos/{repoSlug}"
)

// add marks one text as reviewed.
func (s *Pages) add(v *page.Visit) error {
	k, err := s.keys()
	if err != nil {
		return err
	}
	repository, path := place(v)
	form := v.Request.PostForm
	// Browsers send line ends as CR LF; secrets in files have LF (https://html.spec.whatwg.org/#the-textarea-element).
	r := reviews.NewReview{Text: strings.ReplaceAll(form.Get("text"), "\r\n", "\n"), Comment: strings.TrimSpace(form.Get("comment"))}
	err = reviewed.Check(&r)
	if expires := form.Get("expires"); err == nil && expires != "" {
		r.Expires, err = isodate.Parse(expires)
	}
	if err != nil {
		return v.Show(http.StatusBadRequest, refusedPage, "Nothing was changed", refusal{Path: path, Rows: []reviewed.RowError{{Where: "The form", Text: err.Error()}}})
	}
	n, err := s.Reviews.Add(v.Ctx(), k, repository, v.Account.Name, []reviews.NewReview{r})
	if err != nil {
		return err
	}
	action := addedFile
	if repository != 0 {
		action = addedOne
	}
	return s.finish(v, action, fmt.Sprintf("created %d", n), path, DoneAdded)
}

// remove removes one review.
func (s *Pages) remove(v *page.Visit) error {
	repository, path := place(v)
	id, ok := db.ParseKey(v.Request.PostForm.Get("id"))
	if !ok {
		return page.BadRequest("The form names no review.")
	}
	n := 1
	if err := s.Reviews.RemoveID(v.Ctx(), repository, id); errors.Is(err, db.ErrNotFound) {
		// Somebody else was faster.
		n = 0
	} else if err != nil {
		return err
	}
	action := removedFile
	if repository != 0 {
		action = removedOne
	}
	return s.finish(v, action, fmt.Sprintf("deleted %d", n), path, DoneRemoved)
}

// finish records a change and goes back to the list.
func (s *Pages) finish(v *page.Visit, action, detail, path, word string) error {
	if err := v.Record(action, v.PlaceName(), detail); err != nil {
		return err
	}
	return v.Done(path, word)
}

// refusal says why a form was refused. No text of it is shown again: it may be a secret.
type refusal struct {
	Path string
	Rows []reviewed.RowError
}

// upload adds or removes the reviews of a file: all of them, or none.
func (s *Pages) upload(v *page.Visit) error {
	k, err := s.keys()
	if err != nil {
		return err
	}
	_, path := place(v)
	data, err := v.Upload("file")
	if err != nil {
		return err
	}
	list, err := reviewed.Parse(data)
	var all []reviewed.Of
	if err == nil {
		all, err = reviewed.ByRepository(v.Caller, list, func(key, slug string) (access.Place, error) { return v.Core.Places.Find(v.Ctx(), v.Visible, key, slug) })
	}
	var bad *reviewed.FileError
	if errors.As(err, &bad) {
		return v.Show(http.StatusBadRequest, refusedPage, "Nothing was changed", refusal{path, bad.Rows})
	}
	if err != nil {
		return err
	}
	remove := v.Request.PostForm.Get("mode") == "remove"
	total := 0
	for _, of := range all {
		n := 0
		if remove {
			n, err = s.Reviews.Remove(v.Ctx(), k, of.Repository, of.Removals())
		} else {
			n, err = s.Reviews.Add(v.Ctx(), k, of.Repository, v.Account.Name, of.Reviews)
		}
		if total += n; err != nil {
			return err
		}
	}
	if remove {
		return s.finish(v, removedFile, fmt.Sprintf("deleted %d", total), path, DoneRemoved)
	}
	return s.finish(v, addedFile, fmt.Sprintf("created %d", total), path, DoneAdded)
}

// export answers with the texts as CSV. It is a form that is sent, so that no link reveals secrets, and it is recorded.
func (s *Pages) export(v *page.Visit) error {
	k, err := s.keys()
	if err != nil {
		return err
	}
	action, of, name := exportedAll, reviews.Scope{}, ""
	if r := v.Repository; r != nil {
		action, of.RepositoryID, name = exportedPlace, r.ID, r.ProjectKey+"-"+r.Slug
	}
	if err := v.Record(action, v.PlaceName(), ""); err != nil {
		return err
	}
	return v.Download(page.CSVType, reviewed.FileName(name), func(w io.Writer) error {
		return reviewed.Export(v.Ctx(), w, s.Reviews, k, of)
	})
}
