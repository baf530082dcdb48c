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

// Receipt says what a publication did.
type Receipt struct {
	// Published is the number of annotations that Bitbucket holds now; Unchanged of them were there already.
	Published, Unchanged int
	// Removed is the number of annotations of an earlier run on the same commit that were deleted.
	Removed int
	// Omitted is the number of findings that found no room, here or in Build.
	Omitted int
	// Dropped are annotations that Bitbucket refused.
	Dropped []Dropped
}

// Dropped is an annotation that could not be published.
type Dropped struct {
	ID, Summary, Path string
	// Reason is Bitbucket's own word.
	Reason string
}

const (
	// finalTime is what the last state of a report may take when the run was stopped, and what is kept of a time limit for it.
	finalTime = 15 * time.Second
	// lateTime is what a last state may take when the time limit has passed.
	lateTime = 500 * time.Millisecond
)

// reserve gives a context that ends before ctx's own time limit, so that what is left is enough for a last state: a quarter
// of the time, at most finalTime.
func reserve(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(time.Until(deadline)/4, finalTime)))
}

// last gives a context for a last state: ctx itself while it runs; finalTime more when the run was stopped, which nobody
// could plan for; next to nothing when the time limit has passed, because it was given to be kept.
func last(ctx context.Context) (context.Context, context.CancelFunc) {
	switch {
	case ctx.Err() == nil:
		return context.WithTimeout(ctx, finalTime)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return context.WithTimeout(context.WithoutCancel(ctx), lateTime)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), finalTime)
}

// Publish brings a report to Bitbucket so that there is no moment without one, and no old annotation stays: PENDING,
// annotations in batches, stale ones removed, final state. Running it again leaves the same state.
//
// An annotation that Bitbucket refuses costs only itself (see Receipt.Dropped). When annotations cannot be published
// at all, the report still gets its final state, which says so, and the error tells why. All waiting and trying again
// ends with ctx.
func Publish(ctx context.Context, c *Client, ref Ref, report *Report, log *slog.Logger) (Receipt, error) {
	return Begin(ctx, c, ref, report, log).Finish(ctx, report)
}

// Publication is a report on its way: it is PENDING on Bitbucket from [Begin] to [Publication.Finish] or
// [Publication.Abort], one of which must follow. It is used from one goroutine.
type Publication struct {
	client *Client
	ref    Ref
	log    *slog.Logger
	// begun is true once the report stands on Bitbucket; fresh when nothing of an earlier run can hang on it.
	begun, fresh bool
	beginErr     error
	pending      Report
}

// Begin puts the report on Bitbucket as PENDING, so that people see that a scan runs. A failure is kept: Finish tries
// again, because the scan in between is worth more than its announcement.
func Begin(ctx context.Context, c *Client, ref Ref, report *Report, log *slog.Logger) *Publication {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	p := &Publication{client: c, ref: ref, log: log, pending: *report}
	p.pending.Result = Pending
	p.pending.Annotations = nil
	// The moment makes each run's PENDING state differ from the one before, so that Bitbucket's time of update moves
	// and tells a new report from an old one.
	now := time.Now()
	p.pending.Details = fmt.Sprintf("The scan began at %s and is running.", now.UTC().Format("15:04:05.000 UTC, 2 January 2006"))
	p.pending.Data = []DataItem{{Title: "Started", Type: DataDate, Value: now.UnixMilli()}}
	p.beginErr = p.begin(ctx)
	return p
}

// Err is why Begin could not put the report there, or nil.
func (p *Publication) Err() error { return p.beginErr }

func (p *Publication) begin(ctx context.Context) error {
	stored, err := p.client.PutReport(ctx, p.ref, &p.pending)
	if err != nil {
		return err
	}
	p.begun = true
	// Equal times are taken for "just created". Should Bitbucket set them apart at creation, the only cost is one list
	// of nothing.
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
				// The call that was cut off may have reached Bitbucket.
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

// putFinal writes the final state, as far as possible also when ctx has just ended: a report must not stay PENDING for ever.
func (p *Publication) putFinal(ctx context.Context, final *Report) error {
	ctx, cancel := last(ctx)
	defer cancel()
	_, err := p.client.PutReport(ctx, p.ref, final)
	return err
}

// Abort ends the publication without a result: the report says that the scan broke off and why. It works after ctx has
// ended too. reason is a sentence for people and holds no secret.
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

// trouble tells the readers of the report what is missing on it.
func (r *Receipt) trouble(report *Report, err error) string {
	var parts []string
	if err != nil {
		parts = append(parts, fmt.Sprintf("Only %d of %d annotations could be published: %s.", r.Published, len(report.Annotations), display.Words(err.Error())))
	}
	if n := r.Omitted - report.Omitted; n > 0 {
		parts = append(parts, fmt.Sprintf("%d annotations found no room on this server.", n))
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

// firstLineThen puts text behind the first line, which holds the verdict, so that a cut does not lose it.
func firstLineThen(details, text string) string {
	first, rest, _ := strings.Cut(details, "\n")
	return first + "\n" + text + "\n" + rest
}

var errVanished = fmt.Errorf("the report vanished while its annotations were published: %w", bitbucket.ErrNotFound)
