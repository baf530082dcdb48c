// Package reviews answers which texts people have reviewed: texts that are not secrets, or no longer secrets. It alone decrypts them.
package reviews

import (
	"context"

	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/reviews"
)

// Reviews are kept sealed. A repository of 0 stands for all repositories.
type Reviews interface {
	// Add adds or changes reviews and counts the new ones.
	Add(ctx context.Context, k reviews.Sealer, repository int64, by string, list []reviews.NewReview) (int, error)
	Remove(ctx context.Context, k reviews.Sealer, repository int64, list []reviews.RemoveReview) (int, error)
	RemoveAll(ctx context.Context, repository int64) (int, error)
	// Each gives the reviews of a scope, EachThatCounts those that hold for a repository now.
	Each(ctx context.Context, of reviews.Scope, do func(r *reviews.Review) error) error
	EachThatCounts(ctx context.Context, repository int64, do func(r *reviews.Review) error) error
}

// RuleNames gives the id of a rule, for the repository of the call. The error is the answer for the caller.
type RuleNames interface {
	ID(c *api.Call, name string) (string, error)
}

// Resource answers the routes of reviews. All fields but Keys are required.
type Resource struct {
	Reviews   Reviews
	RuleNames RuleNames
	// Keys hash and seal the texts; nil answers that reviewing is not set up.
	Keys *seal.Keys
}
