package server

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/scan/ruleset"
)

// reviewRoutes take texts that are no secrets, or none any more.
func (s *Server) reviewRoutes() []route {
	const ofRepository = "/review-lines/projects/{projectKey}/repos/{repoSlug}"
	confirm := []parameter{{"confirm", "true, or nothing is removed", true}}
	const csvFile = "A CSV file named file: match_text, and optionally rule, comment and expires_at. A file from export/reviewed works unchanged; rows with a repository count for that repository."
	return []route{
		{
			method: http.MethodPost, path: ofRepository + "/create", name: "reviewText",
			needs: writer, scope: "triage",
			summary: "Mark a text as reviewed for a repository. Findings of that text no longer count.",
			takes:   reviewBody{}, body: `{"matchText": "the exact text", "ruleName": "the rule that found it"}`,
			gives:  returns(reviewedWire{}),
			handle: (*call).reviewLine,
		},
		{
			method: http.MethodPost, path: ofRepository + "/delete", name: "unreviewText",
			needs: writer, scope: "triage",
			summary: "Withdraw the review of a text.",
			takes:   reviewBody{}, body: `{"matchText": "the exact text"}`,
			gives:  returns(reviewedWire{}),
			handle: (*call).unreviewLine,
		},
		{
			method: http.MethodDelete, path: ofRepository + "/delete", name: "unreviewRepository",
			needs: writer, scope: "triage",
			summary: "Withdraw all reviews of a repository.",
			query:   confirm,
			gives:   returns(reviewedWire{}),
			handle:  func(c *call) (*reply, error) { return c.unreviewAll(c.repository.ID) },
		},
		{
			method: http.MethodPost, path: "/global-reviewed/create", name: "reviewTexts",
			needs: grantee, scope: "triage",
			summary: "Mark texts as reviewed for all repositories: all texts of the file, or none when one is invalid.",
			takes:   upload{}, body: csvFile,
			gives:  returns(reviewedWire{}),
			handle: (*call).reviewFile,
		},
		{
			method: http.MethodPost, path: "/global-reviewed/delete", name: "unreviewTexts",
			needs: grantee, scope: "triage",
			summary: "Withdraw reviews for all repositories.",
			takes:   upload{}, body: csvFile,
			gives:  returns(reviewedWire{}),
			handle: (*call).unreviewFile,
		},
		{
			method: http.MethodDelete, path: "/global-reviewed", name: "unreviewAll",
			needs: grantee, scope: "triage",
			summary: "Withdraw all reviews for all repositories.",
			query:   confirm,
			gives:   returns(reviewedWire{}),
			handle:  func(c *call) (*reply, error) { return c.unreviewAll(0) },
		},
		{
			method: http.MethodGet, path: "/export/reviewed", name: "exportReviews",
			needs: grantee, scope: "export", reveals: true,
			summary: "Export all reviewed texts as CSV.",
			gives:   file(csvType),
			handle:  func(c *call) (*reply, error) { return c.exportReviews(reviews.Scope{}, "reviewed.csv") },
		},
		{
			method: http.MethodGet, path: "/export/reviewed/projects/{projectKey}", name: "exportProjectReviews",
			needs: projectAdmin, scope: "export", reveals: true,
			summary: "Export the reviewed texts of a project's repositories as CSV.",
			gives:   file(csvType),
			handle: func(c *call) (*reply, error) {
				return c.exportReviews(reviews.Scope{ProjectID: c.project.ID}, "reviewed-"+fileWord(c.project.Key)+".csv")
			},
		},
		{
			method: http.MethodGet, path: "/export/reviewed/projects/{projectKey}/repos/{repoSlug}", name: "exportRepositoryReviews",
			needs: writer, scope: "export", reveals: true,
			summary: "Export the reviewed texts of a repository as CSV.",
			gives:   file(csvType),
			handle: func(c *call) (*reply, error) {
				return c.exportReviews(reviews.Scope{RepositoryID: c.repository.ID}, "reviewed-"+fileWord(c.project.Key+"-"+c.repository.Slug)+".csv")
			},
		},
	}
}

// keys gives the keys, or says that there are none.
func (c *call) keys() (*seal.Keys, error) {
	if c.s.options.Keys == nil {
		return nil, &httpError{http.StatusServiceUnavailable, "reviewing is not set up: the server runs without a master key", "ServiceUnavailableException"}
	}
	return c.s.options.Keys, nil
}

type reviewedWire struct {
	Created *int `json:"created,omitempty"`
	Deleted *int `json:"deleted,omitempty"`
}

func (c *call) created(n int, err error) (*reply, error) {
	if err != nil {
		return nil, err
	}
	c.note(fmt.Sprintf("created %d", n))
	return ok(reviewedWire{Created: &n})
}

func (c *call) deleted(n int, err error) (*reply, error) {
	if err != nil {
		return nil, err
	}
	c.note(fmt.Sprintf("deleted %d", n))
	return ok(reviewedWire{Deleted: &n})
}

type reviewBody struct {
	MatchText string `json:"matchText"`
	RuleName  string `json:"ruleName,omitempty"`
	Comment   string `json:"comment,omitempty"`
}

// line reads the body of the routes for one text.
func (c *call) line() (k *seal.Keys, r reviews.NewReview, err error) {
	if k, err = c.keys(); err != nil {
		return nil, r, err
	}
	var body reviewBody
	if err := c.decode(&body); err != nil {
		return nil, r, err
	}
	r = reviews.NewReview{Text: body.MatchText, Rule: body.RuleName, Comment: body.Comment}
	if err := checkReview(&r); err != nil {
		return nil, r, badRequest("matchText: %v", err)
	}
	return k, r, nil
}

func (c *call) reviewLine() (*reply, error) {
	k, r, err := c.line()
	if err != nil {
		return nil, err
	}
	if err := c.checkRuleName(r.Rule); err != nil {
		return nil, err
	}
	return c.created(c.s.store.Reviews.Add(c.context(), k, c.repository.ID, c.account.Name, []reviews.NewReview{r}))
}

// checkRuleName refuses a rule that there is none of, here; no name is fine.
func (c *call) checkRuleName(name string) error {
	if name == "" || len(ruleset.BuiltinRules(name)) > 0 {
		return nil
	}
	_, err := c.ruleNamed(name)
	var known *httpError
	if errors.As(err, &known) {
		return badRequest("ruleName: there is no rule %q for %s/%s: rule_types lists them", shortened(name), c.project.Key, c.repository.Slug)
	}
	return err
}

// unreviewLine goes by the text alone, whatever rule is named: the review counts for all rules.
func (c *call) unreviewLine() (*reply, error) {
	k, r, err := c.line()
	if err != nil {
		return nil, err
	}
	return c.deleted(c.s.store.Reviews.Remove(c.context(), k, c.repository.ID, []reviews.RemoveReview{{Text: r.Text}}))
}

func (c *call) unreviewAll(repository int64) (*reply, error) {
	if c.query("confirm") != "true" {
		return nil, badRequest("confirm: it must be true to remove all reviews")
	}
	return c.deleted(c.s.store.Reviews.RemoveAll(c.context(), repository))
}

func (c *call) reviewsOfFile() (*seal.Keys, []reviews.NewReview, error) {
	k, err := c.keys()
	if err != nil {
		return nil, nil, err
	}
	data, err := c.uploaded()
	if err != nil {
		return nil, nil, err
	}
	list, err := parseReviews(data)
	return k, list, err
}

func (c *call) reviewFile() (*reply, error) {
	return c.eachRepository(func(k *seal.Keys, repository int64, list []reviews.NewReview) (int, error) {
		return c.s.store.Reviews.Add(c.context(), k, repository, c.account.Name, list)
	}, (*call).created)
}

func (c *call) unreviewFile() (*reply, error) {
	return c.eachRepository(func(k *seal.Keys, repository int64, list []reviews.NewReview) (int, error) {
		remove := make([]reviews.RemoveReview, len(list))
		for i, r := range list {
			remove[i] = reviews.RemoveReview{Text: r.Text, Rule: r.Rule}
		}
		return c.s.store.Reviews.Remove(c.context(), k, repository, remove)
	}, (*call).deleted)
}

// eachRepository does something with the rows of an uploaded file: with those for all repositories, and with those of each repository,
// to which the caller must be allowed to write. Nothing is done when one of them is wrong.
func (c *call) eachRepository(do func(k *seal.Keys, repository int64, list []reviews.NewReview) (int, error), answer func(c *call, n int, err error) (*reply, error)) (*reply, error) {
	k, list, err := c.reviewsOfFile()
	if err != nil {
		return nil, err
	}
	of, ids, bad := map[int64][]reviews.NewReview{}, map[string]int64{"/": 0}, &problems{}
	for _, r := range list {
		place := r.ProjectKey + "/" + r.Slug
		id, seen := ids[place]
		if !seen {
			repository, err := c.s.store.Catalog.Repository(c.context(), c.visible, r.ProjectKey, r.Slug)
			switch {
			case errors.Is(err, db.ErrNotFound):
				bad.add("file", "there is no repository %s", shortened(place))
			case err != nil:
				return nil, err
			case !c.mayWrite(repository):
				bad.add("file", "%s may not write to %s", c.account.Name, shortened(place))
			default:
				id = repository.ID
			}
			ids[place] = id
			if len(bad.entries) == maxProblems {
				break
			}
		}
		of[id] = append(of[id], r)
	}
	if err := bad.err(); err != nil {
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

// exportReviews is the one place where reviewed texts are decrypted.
func (c *call) exportReviews(scope reviews.Scope, filename string) (*reply, error) {
	k, err := c.keys()
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, contentType: csvType, filename: filename, stream: func(w io.Writer) error {
		if err := writeCSV(w, reviewColumns...); err != nil {
			return err
		}
		return c.s.store.Reviews.Each(c.context(), scope, func(r *reviews.Review) error {
			text, err := r.Text(k)
			if err != nil {
				return fmt.Errorf("review %d: %w", r.ID, err)
			}
			kind := "GLOBAL"
			if r.RepositoryID != 0 {
				kind = "REPOSITORY"
			}
			return writeCSV(w, kind, r.ProjectKey, r.Slug, r.Rule, text, r.Comment, r.By, dateText(r.At), dateText(r.Expires))
		})
	}}, nil
}

func dateText(t time.Time) string {
	if text := date(t); text != nil {
		return *text
	}
	return ""
}

// fileWord keeps what is harmless in a file's name.
func fileWord(text string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.~", c) {
			return c
		}
		return '_'
	}, text)
}
