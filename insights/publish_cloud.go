package insights

import (
	"context"
	"errors"
)

// staleDeletes is the largest number of stale annotations that are deleted one by one. More calls than that would use a
// tenth of the hourly limit, so the report is deleted and created again instead.
const staleDeletes = 100

// cloudAnnotations makes the annotations of a report on Cloud match the report. On Cloud, posting replaces an annotation
// with the same external id.
func (p *Publication) cloudAnnotations(ctx context.Context, report *Report, receipt *Receipt) error {
	stale, err := p.cloudStale(ctx, report)
	if err != nil {
		return err
	}
	// Stale annotations count towards the limit of the report. They must go first when both do not fit.
	if len(stale) > 0 && len(stale)+len(report.Annotations) > MaxAnnotations {
		if err := p.removeStale(ctx, report.ID, stale, receipt); err != nil {
			return err
		}
		stale = nil
	}
	if err := p.postCloud(ctx, report, receipt); err != nil {
		return err
	}
	if len(stale) == 0 {
		return nil
	}
	return p.removeStale(ctx, report.ID, stale, receipt)
}

// cloudStale lists the ids that an earlier run left and that this report does not have. If there are many, it deletes
// the whole report to remove them.
func (p *Publication) cloudStale(ctx context.Context, report *Report) ([]string, error) {
	if p.fresh {
		return nil, nil
	}
	existing, err := p.client.Annotations(ctx, p.ref, report.ID)
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	stale := staleIDs(existing, report.Annotations)
	if len(stale) <= staleDeletes {
		return stale, nil
	}
	p.log.Info("the report is created again, because an earlier run left many annotations", "stale", len(stale))
	if err := p.client.DeleteReport(ctx, p.ref, report.ID); err != nil {
		return nil, err
	}
	return nil, p.begin(ctx)
}

func staleIDs(existing, wanted []Annotation) []string {
	keep := make(map[string]bool, len(wanted))
	for i := range wanted {
		keep[wanted[i].ID] = true
	}
	var stale []string
	for i := range existing {
		// An annotation without an external id is addressed by its UUID.
		id := existing[i].ID
		if id == "" {
			id = existing[i].UUID
		}
		if !keep[id] && id != "" {
			stale = append(stale, id)
		}
	}
	return stale
}

// postCloud posts all batches. If another run or a person deletes the report meanwhile, postCloud creates it again,
// once, and posts everything again.
func (p *Publication) postCloud(ctx context.Context, report *Report, receipt *Receipt) error {
	before := *receipt
	err := (&batches{p: p, report: report.ID, receipt: receipt}).post(ctx, report.Annotations)
	if !errors.Is(err, errReportDeleted) {
		return err
	}
	p.log.Warn("the report was deleted while its annotations were published; it is created again", "report", report.ID)
	if err := p.begin(ctx); err != nil {
		return err
	}
	*receipt = before
	return (&batches{p: p, report: report.ID, receipt: receipt}).post(ctx, report.Annotations)
}

func (p *Publication) removeStale(ctx context.Context, report string, ids []string, receipt *Receipt) error {
	if err := p.client.DeleteAnnotations(ctx, p.ref, report, ids...); err != nil {
		return err
	}
	receipt.Removed += len(ids)
	return nil
}
