package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// sealer is easy to read in tests: its hash is the harness's, and sealing shows the place.
type sealer struct{}

func (sealer) Hash(text string) string        { return hash(text) }
func (sealer) Seal(text, place string) string { return fmt.Sprintf("%x at %s", text, place) }

func (sealer) Open(sealed, place string) (string, error) {
	var text string
	if _, err := fmt.Sscanf(sealed, "%x at", &text); err != nil || sealed != (sealer{}).Seal(text, place) {
		return "", errors.New("sealed for another place")
	}
	return text, nil
}

// scannedNew lists repositories and scans the new branches, each of which has the findings.
func scannedNew(t *testing.T, s *store.Store, p *connection.Project, findings ...scan.Finding) {
	t.Helper()
	listed(t, s, p)
	_, err := s.Queue.Enqueue(t.Context(), queue.Request{Priority: queue.PriorityOutdated, By: "admin"})
	require.NoError(t, err)
	for {
		j, err := s.Queue.Claim(t.Context(), "test", true)
		if errors.Is(err, db.ErrNotFound) {
			return
		}
		require.NoError(t, err)
		finish(t, s, j, findings...)
	}
}

// right checks that recounting everything changes nothing.
func right(t *testing.T, s *store.Store) {
	t.Helper()
	repaired, err := s.Recompute(t.Context())
	require.NoError(t, err)
	require.Zero(t, repaired)
}

func statusOf(t *testing.T, s *store.Store, key, slug string) status.Status {
	t.Helper()
	r, err := s.Catalog.Repository(t.Context(), everything, key, slug)
	require.NoError(t, err)
	return r.Status
}

func TestReviewsChangeTheCounters(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		one, two := secret("f-001", "a.env", scan.SeverityHigh), secret("f-002", "b.env", scan.SeverityLow)
		scannedNew(t, s, project("PAY", "api: main=a1 dev=a2", "web: main=w1"), one, two)
		scannedNew(t, s, project("OPS", "tools: main=t1"), one)
		api, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		text := func(i int) reviews.NewReview {
			return reviews.NewReview{Text: fmt.Sprintf("canary-f-%03d", i), Rule: "TEST"}
		}

		added, err := s.Reviews.Add(t.Context(), sealer{}, api.ID, "writer", []reviews.NewReview{text(1), text(1)})
		require.NoError(t, err)
		require.Equal(t, 1, added)
		b := branch(t, s, "PAY", "api", "dev")
		require.Equal(t, status.OpenCounts{Low: 1}, b.Open)
		require.Equal(t, status.Vulnerable, b.Status, "the other text is open")
		right(t, s)
		added, err = s.Reviews.Add(t.Context(), sealer{}, api.ID, "writer", []reviews.NewReview{text(1), text(2)})
		require.NoError(t, err)
		require.Equal(t, 1, added, "one is there already")
		require.Equal(t, status.Secure, statusOf(t, s, "PAY", "api"))
		require.Equal(t, status.Vulnerable, statusOf(t, s, "PAY", "web"), "not in another repository")
		right(t, s)

		// The same texts for all repositories.
		added, err = s.Reviews.Add(t.Context(), sealer{}, 0, "admin", []reviews.NewReview{text(1), text(2), text(3)})
		require.NoError(t, err)
		require.Equal(t, 3, added)
		for _, slug := range []string{"PAY/api", "PAY/web", "OPS/tools"} {
			require.Equal(t, status.Secure, statusOf(t, s, slug[:3], slug[4:]), slug)
		}
		p, err := s.Catalog.Project(t.Context(), everything, "PAY")
		require.NoError(t, err)
		require.Equal(t, status.Counts{Secure: 2}, p.Repositories)
		right(t, s)

		// Every text opens in its own place, also the one that was reviewed twice.
		var texts []string
		require.NoError(t, s.Reviews.Each(t.Context(), reviews.Scope{}, func(r *reviews.Review) error {
			text, err := r.Text(sealer{})
			texts = append(texts, r.ProjectKey+"/"+r.Slug+" "+text+" "+r.By)
			return err
		}))
		require.Equal(t, []string{"/ canary-f-001 admin", "/ canary-f-002 admin", "/ canary-f-003 admin", "PAY/api canary-f-001 writer", "PAY/api canary-f-002 writer"}, texts)

		removed, err := s.Reviews.Remove(t.Context(), sealer{}, 0, []reviews.RemoveReview{{Text: "canary-f-001", Rule: "OTHER"}, {Text: "canary-f-002", Rule: "test"}, {Text: "unknown"}})
		require.NoError(t, err)
		require.Equal(t, 1, removed, "the rule must match the rule of the review")
		require.Equal(t, status.Vulnerable, statusOf(t, s, "PAY", "web"))
		require.Equal(t, status.Secure, statusOf(t, s, "OPS", "tools"))
		require.Equal(t, status.Secure, statusOf(t, s, "PAY", "api"), "the repository has its own review")
		right(t, s)
		removed, err = s.Reviews.RemoveAll(t.Context(), 0)
		require.NoError(t, err)
		require.Equal(t, 2, removed)
		require.Equal(t, status.Vulnerable, statusOf(t, s, "OPS", "tools"))
		right(t, s)
		removed, err = s.Reviews.RemoveAll(t.Context(), api.ID)
		require.NoError(t, err)
		require.Equal(t, 2, removed)
		require.Equal(t, status.Vulnerable, statusOf(t, s, "PAY", "api"))
		right(t, s)

		// An expiry in the past means that the review does not count.
		past := text(1)
		past.Expires = time.UnixMilli(1)
		_, err = s.Reviews.Add(t.Context(), sealer{}, 0, "admin", []reviews.NewReview{past})
		require.NoError(t, err)
		require.Equal(t, status.Vulnerable, statusOf(t, s, "OPS", "tools"))
		right(t, s)
	})
}

// TestManyReviews adds more than one statement takes.
func TestManyReviews(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		scannedNew(t, s, project("PAY", "api: main=a1"), secret("f-777", "a.env", scan.SeverityHigh))
		var list []reviews.NewReview
		var remove []reviews.RemoveReview
		for i := range 5000 {
			list = append(list, reviews.NewReview{Text: fmt.Sprintf("canary-%03d", i%2500)})
			remove = append(remove, reviews.RemoveReview{Text: list[i].Text})
		}
		wide := wideSealer{}
		added, err := s.Reviews.Add(t.Context(), wide, 0, "admin", append(list, reviews.NewReview{Text: "canary-f-777"}))
		require.NoError(t, err)
		require.Equal(t, 2501, added)
		removed, err := s.Reviews.Remove(t.Context(), wide, 0, remove)
		require.NoError(t, err)
		require.Equal(t, 2500, removed)
		right(t, s)
	})
}

type wideSealer struct{ sealer }

func (wideSealer) Hash(text string) string { return "h " + text }
