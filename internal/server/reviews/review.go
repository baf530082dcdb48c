package reviews

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/reviewed"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/scan/ruleset"
)

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route {
	const ofRepository = "/review-lines/projects/{projectKey}/repos/{repoSlug}"
	confirm := []api.Parameter{api.Required("confirm", "must be true, or nothing is removed")}
	const csvFile = "A CSV file named file: match_text, and optionally rule, comment and expires_at. A file from export/reviewed works unchanged; a row with a repository applies to that repository."
	return []api.Route{
		{
			Method: http.MethodPost, Path: ofRepository + "/create", Name: "reviewText",
			Needs: access.Writer, Scope: "triage",
			Summary: "Mark a text as reviewed for a repository. Findings of that text no longer count.",
			Takes:   reviewBody{}, Body: `{"matchText": "the exact text", "ruleName": "the rule that found it"}`,
			Gives:  api.Returns(reviewedWire{}),
			Handle: s.reviewLine,
		},
		{
			Method: http.MethodPost, Path: ofRepository + "/delete", Name: "unreviewText",
			Needs: access.Writer, Scope: "triage",
			Summary: "Withdraw the review of a text.",
			Takes:   reviewBody{}, Body: `{"matchText": "the exact text"}`,
			Gives:  api.Returns(reviewedWire{}),
			Handle: s.unreviewLine,
		},
		{
			Method: http.MethodDelete, Path: ofRepository + "/delete", Name: "unreviewRepository",
			Needs: access.Writer, Scope: "triage",
			Summary: "Withdraw all reviews of a repository.",
			Query:   confirm,
			Gives:   api.Returns(reviewedWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.unreviewAll(c, c.Repository.ID) },
		},
		{
			Method: http.MethodPost, Path: "/global-reviewed/create", Name: "reviewTexts",
			Needs: access.Grantee, Scope: "triage",
			Summary: "Mark texts as reviewed for all repositories: all texts of the file, or none when one is invalid.",
			Takes:   api.Upload{}, Body: csvFile,
			Gives:  api.Returns(reviewedWire{}),
			Handle: s.reviewFile,
		},
		{
			Method: http.MethodPost, Path: "/global-reviewed/delete", Name: "unreviewTexts",
			Needs: access.Grantee, Scope: "triage",
			Summary: "Withdraw reviews for all repositories.",
			Takes:   api.Upload{}, Body: csvFile,
			Gives:  api.Returns(reviewedWire{}),
			Handle: s.unreviewFile,
		},
		{
			Method: http.MethodDelete, Path: "/global-reviewed", Name: "unreviewAll",
			Needs: access.Grantee, Scope: "triage",
			Summary: "Withdraw all reviews for all repositories.",
			Query:   confirm,
			Gives:   api.Returns(reviewedWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.unreviewAll(c, 0) },
		},
		{
			Method: http.MethodGet, Path: "/export/reviewed", Name: "exportReviews",
			Needs: access.Grantee, Scope: "export", Reveals: true,
			Summary: "Export all reviewed texts as CSV.",
			Gives:   api.ReturnsFile(api.CSVType),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.exportReviews(c, reviews.Scope{}, "") },
		},
		{
			Method: http.MethodGet, Path: "/export/reviewed/projects/{projectKey}", Name: "exportProjectReviews",
			Needs: access.ProjectAdmin, Scope: "export", Reveals: true,
			Summary: "Export the reviewed texts of a project's repositories as CSV.",
			Gives:   api.ReturnsFile(api.CSVType),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return s.exportReviews(c, reviews.Scope{ProjectID: c.Project.ID}, c.Project.Key)
			},
		},
		{
			Method: http.MethodGet, Path: "/export/reviewed/projects/{projectKey}/repos/{repoSlug}", Name: "exportRepositoryReviews",
			Needs: access.Writer, Scope: "export", Reveals: true,
			Summary: "Export the reviewed texts of a repository as CSV.",
			Gives:   api.ReturnsFile(api.CSVType),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return s.exportReviews(c, reviews.Scope{RepositoryID: c.Repository.ID}, c.Project.Key+"-"+c.Repository.Slug)
			},
		},
	}
}

// keys returns the keys, or an error if there are none.
func (s *Resource) keys() (*seal.Keys, error) {
	if s.Keys == nil {
		return nil, api.Unavailable("reviewing is not set up: the server runs without a master key")
	}
	return s.Keys, nil
}

type reviewedWire struct {
	Created *int `json:"created,omitempty"`
	Deleted *int `json:"deleted,omitempty"`
}

func created(c *api.Call, n int, err error) (*api.Reply, error) {
	if err != nil {
		return nil, err
	}
	c.Note(fmt.Sprintf("created %d", n))
	return api.OK(reviewedWire{Created: &n})
}

func deleted(c *api.Call, n int, err error) (*api.Reply, error) {
	if err != nil {
		return nil, err
	}
	c.Note(fmt.Sprintf("deleted %d", n))
	return api.OK(reviewedWire{Deleted: &n})
}

type reviewBody struct {
	MatchText string `json:"matchText"`
	RuleName  string `json:"ruleName,omitempty"`
	Comment   string `json:"comment,omitempty"`
}

// line reads the body of the routes for one text.
func (s *Resource) line(c *api.Call) (k *seal.Keys, r reviews.NewReview, err error) {
	if k, err = s.keys(); err != nil {
		return nil, r, err
	}
	var body reviewBody
	if err := c.Decode(&body); err != nil {
		return nil, r, err
	}
	r = reviews.NewReview{Text: body.MatchText, Rule: body.RuleName, Comment: body.Comment}
	if err := reviewed.Check(&r); err != nil {
		return nil, r, api.BadRequest("matchText: %v", err)
	}
	return k, r, nil
}

func (s *Resource) reviewLine(c *api.Call) (*api.Reply, error) {
	k, r, err := s.line(c)
	if err != nil {
		return nil, err
	}
	if err := s.checkRuleName(c, r.Rule); err != nil {
		return nil, err
	}
	n, err := s.Reviews.Add(c.Context(), k, c.Repository.ID, c.Account.Name, []reviews.NewReview{r})
	return created(c, n, err)
}

// checkRuleName refuses a rule that does not exist for the repository. An empty name is valid.
func (s *Resource) checkRuleName(c *api.Call, name string) error {
	if name == "" || len(ruleset.BuiltinRules(name)) > 0 {
		return nil
	}
	_, err := s.RuleNames.ID(c, name)
	var known *api.Error
	if errors.As(err, &known) {
		return api.BadRequest("ruleName: there is no rule %q for %s: rule_types lists them", access.Shortened(name), c.PlaceName())
	}
	return err
}

// unreviewLine uses only the text and ignores the rule, because a review applies to all rules.
func (s *Resource) unreviewLine(c *api.Call) (*api.Reply, error) {
	k, r, err := s.line(c)
	if err != nil {
		return nil, err
	}
	n, err := s.Reviews.Remove(c.Context(), k, c.Repository.ID, []reviews.RemoveReview{{Text: r.Text}})
	return deleted(c, n, err)
}

func (s *Resource) unreviewAll(c *api.Call, repository int64) (*api.Reply, error) {
	if c.Query("confirm") != "true" {
		return nil, api.BadRequest("confirm: it must be true to remove all reviews")
	}
	n, err := s.Reviews.RemoveAll(c.Context(), repository)
	return deleted(c, n, err)
}

func (s *Resource) reviewsOfFile(c *api.Call) (*seal.Keys, []reviews.NewReview, error) {
	k, err := s.keys()
	if err != nil {
		return nil, nil, err
	}
	data, err := c.Uploaded(reviewed.MaxFile)
	if err != nil {
		return nil, nil, err
	}
	list, err := reviewed.Parse(data)
	return k, list, refused(err)
}

// refused turns the errors of a file into an answer.
func refused(err error) error {
	var file *reviewed.FileError
	if !errors.As(err, &file) {
		return err
	}
	if file.Whole {
		return api.BadRequest("%v", file)
	}
	problems := &api.Problems{}
	for _, r := range file.Rows {
		problems.Add(r.Where, "%s", r.Text)
	}
	return problems
}

func (s *Resource) reviewFile(c *api.Call) (*api.Reply, error) {
	return s.eachRepository(c, func(k *seal.Keys, of *reviewed.Of) (int, error) {
		return s.Reviews.Add(c.Context(), k, of.Repository, c.Account.Name, of.Reviews)
	}, created)
}

func (s *Resource) unreviewFile(c *api.Call) (*api.Reply, error) {
	return s.eachRepository(c, func(k *seal.Keys, of *reviewed.Of) (int, error) {
		return s.Reviews.Remove(c.Context(), k, of.Repository, of.Removals())
	}, deleted)
}

// eachRepository calls do with the rows of an uploaded file: the global rows, and the rows of each repository. The
// caller must have the right to write to each of them. It does nothing if one row is invalid.
func (s *Resource) eachRepository(c *api.Call, do func(k *seal.Keys, of *reviewed.Of) (int, error), answer func(c *api.Call, n int, err error) (*api.Reply, error)) (*api.Reply, error) {
	k, list, err := s.reviewsOfFile(c)
	if err != nil {
		return nil, err
	}
	all, err := reviewed.ByRepository(c.Caller, list, func(key, slug string) (access.Place, error) {
		at, err := c.Find(key, slug)
		if api.IsNotFound(err) {
			err = db.ErrNotFound
		}
		return at, err
	})
	if err != nil {
		return nil, refused(err)
	}
	total := 0
	for i := range all {
		n, err := do(k, &all[i])
		if total += n; err != nil {
			return nil, err
		}
	}
	return answer(c, total, nil)
}
