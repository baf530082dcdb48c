// Package reviews serves the texts that people reviewed: texts that are not secrets, or no longer secrets. Only this
// package decrypts them.
package reviews

import (
	"context"

	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/reviews"
)

// Reviews stores reviews, with encrypted texts. Repository 0 means all repositories.
type Reviews interface {
	// Add adds or changes reviews and returns the number of new ones.
	Add(ctx context.Context, k reviews.Sealer, repository int64, by string, list []reviews.NewReview) (int, error)
	Remove(ctx context.Context, k reviews.Sealer, repository int64, list []reviews.RemoveReview) (int, error)
	RemoveAll(ctx context.Context, repository int64) (int, error)
	// Each calls do for the reviews of a scope, EachThatCounts for those that currently apply to a repository.
	Each(ctx context.Context, of reviews.Scope, do func(r *reviews.Review) error) error
	EachThatCounts(ctx context.Context, repository int64, do func(r *reviews.Review) error) error
}

// RuleNames returns the id of a rule, for the repository of the call. Errors are answers for the caller.
type RuleNames interface {
	ID(c *api.Call, name string) (string, error)
}

// Resource serves the routes of reviews. All fields except Keys are required.
type Resource struct {
	Reviews   Reviews
	RuleNames RuleNames
	// Keys hash and seal the texts; nil means that the server has no master key.
	Keys *seal.Keys
}
