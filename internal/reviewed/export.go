package reviewed

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/reviews"
)

// Reviews are the stored reviews.
type Reviews interface {
	// Each calls do for the reviews of a scope.
	Each(ctx context.Context, of reviews.Scope, do func(r *reviews.Review) error) error
}

// Export writes the reviewed texts of a scope as CSV, which [Parse] reads back.
func Export(ctx context.Context, w io.Writer, stored Reviews, k reviews.Opener, of reviews.Scope) error {
	if err := writeCSV(w, reviewColumns...); err != nil {
		return err
	}
	return stored.Each(ctx, of, func(r *reviews.Review) error {
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
}

// FileName is the name of the file with the reviewed texts of a place; "" is everything.
func FileName(place string) string {
	if place == "" {
		return "reviewed.csv"
	}
	return "reviewed-" + strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.~", c) {
			return c
		}
		return '_'
	}, place) + ".csv"
}
