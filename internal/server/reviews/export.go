package reviews

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/reviews"
)

// EachText calls do with the texts that are reviewed for a repository or globally, for comparison with other texts.
func (s *Resource) EachText(ctx context.Context, repository int64, do func(text string) error) error {
	k, err := s.keys()
	if err != nil {
		return err
	}
	return s.Reviews.EachThatCounts(ctx, repository, func(r *reviews.Review) error {
		text, err := r.Text(k)
		if err != nil {
			return err
		}
		return do(text)
	})
}

// exportReviews writes reviewed texts as CSV.
func (s *Resource) exportReviews(c *api.Call, scope reviews.Scope, filename string) (*api.Reply, error) {
	k, err := s.keys()
	if err != nil {
		return nil, err
	}
	return &api.Reply{Status: http.StatusOK, ContentType: api.CSVType, Filename: filename, Stream: func(w io.Writer) error {
		if err := writeCSV(w, reviewColumns...); err != nil {
			return err
		}
		return s.Reviews.Each(c.Context(), scope, func(r *reviews.Review) error {
			text, err := r.Text(k)
			if err != nil {
				return fmt.Errorf("review %d: %w", r.ID, err)
			}
			kind := "GLOBAL"
			if r.RepositoryID != 0 {
				kind = "REPOSITORY"
			}
			return writeCSV(w, kind, r.ProjectKey, r.Slug, r.Rule, text, r.Comment, r.By, db.DateText(r.At), db.DateText(r.Expires))
		})
	}}, nil
}

// fileWord keeps the characters that are safe in a file name.
func fileWord(text string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.~", c) {
			return c
		}
		return '_'
	}, text)
}
