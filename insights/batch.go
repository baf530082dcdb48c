package insights

import (
	"context"
	"errors"

	"github.com/sluice-scan/sluice/internal/bitbucket"
)

// maxBisect limits how many extra calls one publication may spend on finding refused annotations. One bad annotation
// among a hundred costs about 14 calls; a server that refuses everything must not cost thousands.
const maxBisect = 200

// batches posts annotations in order, in batches of at most MaxBulk. When Bitbucket refuses a batch as invalid, post
// halves it until it has isolated the bad annotations; those are dropped and reported. When the server's limit is
// reached (413 on Data Center, where the administrator sets it), the remaining annotations count as omitted. They are
// the least important ones.
type batches struct {
	p       *Publication
	report  string
	receipt *Receipt
	bisects int
	full    bool
	// limitErr is the first refusal after maxBisect calls were spent.
	limitErr error
}

func (b *batches) post(ctx context.Context, annotations []Annotation) error {
	for start := 0; start < len(annotations); start += MaxBulk {
		if err := b.batch(ctx, annotations[start:min(start+MaxBulk, len(annotations))]); err != nil {
			return err
		}
	}
	return b.limitErr
}

func (b *batches) batch(ctx context.Context, list []Annotation) error {
	if b.full {
		b.receipt.Omitted += len(list)
		return nil
	}
	err := b.p.client.PostAnnotations(ctx, b.p.ref, b.report, list)
	switch {
	case err == nil:
		b.receipt.Published += len(list)
		return nil
	case errors.Is(err, bitbucket.ErrNotFound):
		return errReportDeleted
	case !errors.Is(err, bitbucket.ErrInvalid) && !errors.Is(err, bitbucket.ErrTooLarge):
		return err
	case len(list) == 1:
		if errors.Is(err, bitbucket.ErrTooLarge) {
			b.full = true
			b.receipt.Omitted++
			return nil
		}
		b.drop(&list[0], err)
		return nil
	}
	if b.bisects += 2; b.bisects > maxBisect {
		if b.limitErr == nil {
			b.limitErr = err
		}
		return nil
	}
	half := len(list) / 2
	if err := b.batch(ctx, list[:half]); err != nil {
		return err
	}
	return b.batch(ctx, list[half:])
}

func (b *batches) drop(a *Annotation, err error) {
	reason := "refused"
	var api *bitbucket.APIError
	if errors.As(err, &api) && api.Message != "" {
		reason = api.Message
	}
	b.receipt.Dropped = append(b.receipt.Dropped, Dropped{ID: a.ID, Summary: a.Summary, Path: a.Path, Reason: reason})
	b.p.log.Warn("bitbucket refused an annotation; the others are published", "annotation", a.ID, "path", a.Path, "line", a.Line, "reason", reason)
}
