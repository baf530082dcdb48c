package insights

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/scan/display"
)

// Receipt is the outcome of a publication.
type Receipt struct {
	// Published is the number of annotations that Bitbucket now holds. Unchanged of them were already there.
	Published, Unchanged int
	// Removed is the number of deleted annotations of earlier runs on the same commit.
	Removed int
	// Omitted is the number of findings without an annotation because a limit was reached, here or in Build.
	Omitted int
	// Dropped lists the annotations that Bitbucket refused.
	Dropped []Dropped
}

// Dropped is an annotation that could not be published.
type Dropped struct {
	ID, Summary, Path string
	// Reason is Bitbucket's own message.
	Reason string
}

const (
	// finalTime limits how long the final state of a report may take after the run was stopped. It is also the most that is
	// reserved from a time limit for it.
	finalTime = 15 * time.Second
	// lateTime limits how long a final state may take after the time limit has passed.
	lateTime = 500 * time.Millisecond
)

// reserve returns a context that ends before ctx's deadline, so that enough time is left for a final state: a quarter of
// the time, at most finalTime.
func reserve(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(time.Until(deadline)/4, finalTime)))
}

// last returns a context for a final state. While ctx is live it is ctx itself. After a stop, which is not predictable,
// it allows finalTime more. After the deadline it allows only lateTime, because a time limit must be kept.
func last(ctx context.Context) (context.Context, context.CancelFunc) {
	switch {
	case ctx.Err() == nil:
		return context.WithTimeout(ctx, finalTime)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return context.WithTimeout(context.WithoutCancel(ctx), lateTime)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), finalTime)
}

// Publish sends a report to Bitbucket. The commit has a report at every moment, and no old annotation stays. The order
// is: state PENDING, annotations in batches, delete stale annotations, final state. Running it again gives the same
// state.
//
// If Bitbucket refuses an annotation, only that annotation is lost (see Receipt.Dropped). If no annotation can be
// published, the report still gets its final state, which says so, and the error says why. All waits and retries end
// with ctx.
func Publish(ctx context.Context, c *Client, ref Ref, report *Report, log *slog.Logger) (Receipt, error) {
	return Begin(ctx, c, ref, report, log).Finish(ctx, report)
}

// Publication is a report that is being published. It is PENDING on Bitbucket from [Begin] until [Publication.Finish] or
// [Publication.Abort]; the caller must call one of them. It is for one goroutine.
type Publication struct {
	client *Client
	ref    Ref
	log    *slog.Logger
	// begun is true once the report exists on Bitbucket; fresh is true when it cannot have annotations of an earlier run.
	begun, fresh bool
	beginErr     error
	pending      Report
}

// Begin creates the report as PENDING, so that people see that a scan is running. It keeps an error for later: Finish
// tries again, because the scan in between matters more than its announcement.
func Begin(ctx context.Context, c *Client, ref Ref, report *Report, log *slog.Logger) *Publication {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	p := &Publication{client: c, ref: ref, log: log, pending: *report}
	p.pending.Result = Pending
	p.pending.Annotations = nil
	// The time makes the PENDING state of each run different from the one before. So Bitbucket's update time changes, which
	// tells a new report from an old one.
	now := time.Now()
	p.pending.Details = fmt.Sprintf("The scan began at %s and is running.", now.UTC().Format("15:04:05.000 UTC, 2 January 2006"))
	p.pending.Data = []DataItem{{Title: "Started", Type: DataDate, Value: now.UnixMilli()}}
	p.beginErr = p.begin(ctx)
	return p
}

// Err returns the error of Begin, or nil.
func (p *Publication) Err() error { return p.beginErr }

func (p *Publication) begin(ctx context.Context) error {
	stored, err := p.client.PutReport(ctx, p.ref, &p.pending)
	if err != nil {
		return err
	}
	p.begun = true
	// Equal times mean "just created". If Bitbucket ever sets them apart at creation, the only cost is one empty list.
	p.fresh = p.client.cloud() && stored.Created != "" && stored.Created == stored.Updated
	return nil
}

// Finish publishes the annotations and the final state.
func (p *Publication) Finish(ctx context.Context, report *Report) (Receipt, error) {
	receipt := Receipt{Omitted: report.Omitted}
	whole := ctx
	ctx, cancel := reserve(whole)
	defer cancel()
	if !p.begun {
		if err := p.begin(ctx); err != nil {
			err = fmt.Errorf("create the report %s: %w", report.ID, err)
			if ctx.Err() != nil {
				// The interrupted call may have reached Bitbucket.
				err = errors.Join(err, p.Abort(whole, "the step was stopped before the report was published."))
			}
			return receipt, err
		}
	}
	var err error
	if p.client.cloud() {
		err = p.cloudAnnotations(ctx, report, &receipt)
	} else {
		err = p.dataCenterAnnotations(ctx, report, &receipt)
	}
	final := *report
	if text := receipt.trouble(report, err); text != "" {
		final.Details = Cut(firstLineThen(final.Details, text), MaxDetails)
	}
	if finalErr := p.putFinal(whole, &final); finalErr != nil {
		return receipt, errors.Join(err, fmt.Errorf("set the final state of the report %s: %w", report.ID, finalErr))
	}
	return receipt, err
}

// putFinal writes the final state, if possible even when ctx has just ended: a report must not stay PENDING for ever.
func (p *Publication) putFinal(ctx context.Context, final *Report) error {
	ctx, cancel := last(ctx)
	defer cancel()
	_, err := p.client.PutReport(ctx, p.ref, final)
	return err
}

// Abort ends the publication without a result: the report says that the scan was broken off, and why. It works after ctx
// has ended. reason is a sentence for people and must not contain a secret.
func (p *Publication) Abort(ctx context.Context, reason string) error {
	final := p.pending
	final.Result = Failed
	final.Details = Cut("Scan error: "+reason+"\nNothing is known about this commit. Run the scan again.", MaxDetails)
	final.Data = []DataItem{{Title: "Scan error", Type: DataText, Value: Cut(display.Words(reason), 200)}}
	ctx, cancel := last(ctx)
	defer cancel()
	if _, err := p.client.PutReport(ctx, p.ref, &final); err != nil {
		return fmt.Errorf("mark the report %s as broken off: %w", final.ID, err)
	}
	return nil
}

// trouble returns what the report must tell its readers about missing annotations.
func (r *Receipt) trouble(report *Report, err error) string {
	var parts []string
	if err != nil {
		parts = append(parts, fmt.Sprintf("Only %d of %d annotations could be published: %s.", r.Published, len(report.Annotations), display.Words(err.Error())))
	}
	if n := r.Omitted - report.Omitted; n > 0 {
		parts = append(parts, fmt.Sprintf("%d annotations are missing because the server's limit was reached.", n))
	}
	if n := len(r.Dropped); n > 0 {
		var names []string
		for _, d := range r.Dropped[:min(n, maxNamedFailures)] {
			names = append(names, fmt.Sprintf("%q (%s)", d.Summary, d.Reason))
		}
		text := fmt.Sprintf("%d %s refused by Bitbucket: %s", n, isAre(n, "annotation was", "annotations were"), strings.Join(names, ", "))
		if n > maxNamedFailures {
			text += fmt.Sprintf(" and %d more", n-maxNamedFailures)
		}
		parts = append(parts, text+".")
	}
	return strings.Join(parts, "\n")
}

// firstLineThen puts text after the first line, which holds the verdict. Truncation then does not remove it.
func firstLineThen(details, text string) string {
	first, rest, _ := strings.Cut(details, "\n")
	return first + "\n" + text + "\n" + rest
}

var errReportDeleted = fmt.Errorf("the report was deleted while its annotations were published: %w", bitbucket.ErrNotFound)
