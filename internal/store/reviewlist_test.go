package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/scan"
)

// plainKeys hash and seal by hand.
type plainKeys struct{}

func (plainKeys) Hash(text string) string             { return hash(text) }
func (plainKeys) Seal(text, place string) string      { return place + "|" + text }
func (plainKeys) Open(text, _ string) (string, error) { return text, nil }

// TestReviewsAreListedAndRemovedOneByOne, within their own place, and the counters follow.
func TestReviewsAreListedAndRemovedOneByOne(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1", "web: main=1"))
		found := secret("f-1", "a", scan.SeverityHigh)
		scanned(t, s, found)
		api, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		require.Equal(t, 1, api.Open.High)
		text := found.Secret.Reveal()
		_, err = s.Reviews.Add(t.Context(), plainKeys{}, api.ID, "ada", []reviews.NewReview{{Text: text, Comment: "c"}, {Text: "another text"}})
		require.NoError(t, err)
		_, err = s.Reviews.Add(t.Context(), plainKeys{}, 0, "ada", []reviews.NewReview{{Text: "third text"}})
		require.NoError(t, err)
		list, err := s.Reviews.List(t.Context(), api.ID, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, list, 2)
		global, err := s.Reviews.List(t.Context(), 0, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, global, 1)
		page, err := s.Reviews.List(t.Context(), api.ID, db.Page{Start: 1, Limit: 10})
		require.NoError(t, err)
		require.Equal(t, list[1:], page)
		counts := func(v *scope.Visible) (words []string) {
			rows, err := s.Reviews.Counts(t.Context(), v)
			require.NoError(t, err)
			for _, c := range rows {
				words = append(words, fmt.Sprintf("%s/%s %d", c.ProjectKey, c.Slug, c.Reviews))
			}
			return words
		}
		require.Equal(t, []string{"PAY/api 2"}, counts(everything))
		require.Empty(t, counts(&scope.Visible{}))
		open := func() int {
			r, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
			require.NoError(t, err)
			return r.Open.High
		}
		require.Zero(t, open())
		for _, r := range list {
			require.ErrorIs(t, s.Reviews.RemoveID(t.Context(), 0, r.ID), db.ErrNotFound, "it does not belong to all repositories")
			require.NoError(t, s.Reviews.RemoveID(t.Context(), api.ID, r.ID))
			require.ErrorIs(t, s.Reviews.RemoveID(t.Context(), api.ID, r.ID), db.ErrNotFound)
		}
		require.Equal(t, 1, open(), "it counts again")
		require.NoError(t, s.Reviews.RemoveID(t.Context(), 0, global[0].ID))
		require.Empty(t, counts(everything))
	})
}
