package reviews

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/server/api"
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
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.exportReviews(c, reviews.Scope{}, "reviewed.csv") },
		},
		{
			Method: http.MethodGet, Path: "/export/reviewed/projects/{projectKey}", Name: "exportProjectReviews",
			Needs: access.ProjectAdmin, Scope: "export", Reveals: true,
			Summary: "Export the reviewed texts of a project's repositories as CSV.",
			Gives:   api.ReturnsFile(api.CSVType),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return s.exportReviews(c, reviews.Scope{ProjectID: c.Project.ID}, "reviewed-"+fileWord(c.Project.Key)+".csv")
			},
		},
		{
			Method: http.MethodGet, Path: "/export/reviewed/projects/{projectKey}/repos/{repoSlug}", Name: "exportRepositoryReviews",
			Needs: access.Writer, Scope: "export", Reveals: true,
			Summary: "Export the reviewed texts of a repository as CSV.",
			Gives:   api.ReturnsFile(api.CSVType),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return s.exportReviews(c, reviews.Scope{RepositoryID: c.Repository.ID}, "reviewed-"+fileWord(c.Project.Key+"-"+c.Repository.Slug)+".csv")
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
	if err := checkReview(&r); err != nil {
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
	data, err := c.Uploaded(maxCSV)
	if err != nil {
		return nil, nil, err
	}
	list, err := parseReviews(data)
	return k, list, err
}

func (s *Resource) reviewFile(c *api.Call) (*api.Reply, error) {
	return s.eachRepository(c, func(k *seal.Keys, repository int64, list []reviews.NewReview) (int, error) {
		return s.Reviews.Add(c.Context(), k, repository, c.Account.Name, list)
	}, created)
}

func (s *Resource) unreviewFile(c *api.Call) (*api.Reply, error) {
	return s.eachRepository(c, func(k *seal.Keys, repository int64, list []reviews.NewReview) (int, error) {
		remove := make([]reviews.RemoveReview, len(list))
		for i, r := range list {
			remove[i] = reviews.RemoveReview{Text: r.Text, Rule: r.Rule}
		}
		return s.Reviews.Remove(c.Context(), k, repository, remove)
	}, deleted)
}

// eachRepository calls do with the rows of an uploaded file: the global rows, and the rows of each repository. The
// caller must have the right to write to each of them. It does nothing if one row is invalid.
func (s *Resource) eachRepository(c *api.Call, do func(k *seal.Keys, repository int64, list []reviews.NewReview) (int, error), answer func(c *api.Call, n int, err error) (*api.Reply, error)) (*api.Reply, error) {
	k, list, err := s.reviewsOfFile(c)
	if err != nil {
		return nil, err
	}
	of, ids, bad := map[int64][]reviews.NewReview{}, map[string]int64{"/": 0}, &api.Problems{}
	for _, r := range list {
		place := r.ProjectKey + "/" + r.Slug
		id, seen := ids[place]
		if !seen {
			at, err := c.Find(r.ProjectKey, r.Slug)
			switch {
			case api.IsNotFound(err):
				bad.Add("file", "there is no repository %s", access.Shortened(place))
			case err != nil:
				return nil, err
			case !c.MayWrite(at.Repository):
				bad.Add("file", "%s may not write to %s", c.Account.Name, access.Shortened(place))
			default:
				id = at.Repository.ID
			}
			ids[place] = id
			if len(bad.Entries) == maxProblems {
				break
			}
		}
		of[id] = append(of[id], r)
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	total := 0
	for _, id := range slices.Sorted(maps.Keys(of)) {
		n, err := do(k, id, of[id])
		if total += n; err != nil {
			return nil, err
		}
	}
	return answer(c, total, nil)
}
