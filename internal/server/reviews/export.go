package reviews

import (
	"context"
	"io"
	"net/http"

	"github.com/sluice-scan/sluice/internal/reviewed"
	"github.com/sluice-scan/sluice/internal/server/api"
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
func (s *Resource) exportReviews(c *api.Call, scope reviews.Scope, place string) (*api.Reply, error) {
	k, err := s.keys()
	if err != nil {
		return nil, err
	}
	return &api.Reply{Status: http.StatusOK, ContentType: api.CSVType, Filename: reviewed.FileName(place), Stream: func(w io.Writer) error {
		return reviewed.Export(c.Context(), w, s.Reviews, k, scope)
	}}, nil
}
