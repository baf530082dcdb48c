package insights

import (
	"context"
	"errors"
)

// dcRounds limits how often the annotations are compared: once to do the work, then to verify it. When the answer to a
// batch is lost and the batch is sent again, its annotations exist twice, because Data Center accepts equal ids.
const dcRounds = 3

// dataCenterAnnotations makes the annotations of a report on Data Center match the report. It keeps unchanged
// annotations, deletes stale, changed and duplicate ones, and posts the missing ones.
func (p *Publication) dataCenterAnnotations(ctx context.Context, report *Report, receipt *Receipt) error {
	refused := make(map[string]bool)
	for round := range dcRounds {
		existing, err := p.client.dataCenterAnnotations(ctx, p.client.reportPath(p.ref, report.ID, "annotations"), nil)
		if err != nil {
			return err
		}
		remove, post, intact := difference(existing, report.Annotations, refused, round == 0)
		if round == 0 {
			receipt.Unchanged = intact
		}
		receipt.Published = intact
		if len(remove) == 0 && len(post) == 0 {
			return nil
		}
		if len(remove) > 0 {
			if err := p.client.DeleteAnnotations(ctx, p.ref, report.ID, remove...); err != nil {
				return err
			}
			if round == 0 {
				receipt.Removed = len(remove)
			}
		}
		b := &batches{p: p, report: report.ID, receipt: receipt}
		err = b.post(ctx, post)
		if errors.Is(err, errReportDeleted) && round < dcRounds-1 {
			p.log.Warn("the report was deleted while its annotations were published; it is created again", "report", report.ID)
			if err := p.begin(ctx); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if b.full {
			return nil
		}
		for _, d := range receipt.Dropped {
			refused[d.ID] = true
		}
	}
	return nil
}

// difference compares the existing annotations with the wanted ones. remove lists each id once. strict compares the
// content too. After the content was sent once, the server's version of it (a link in another form, say) is accepted.
func difference(existing []dcAnnotation, wanted []Annotation, refused map[string]bool, strict bool) (remove []string, post []Annotation, intact int) {
	there := make(map[string][]dcAnnotation, len(existing))
	var order []string
	for _, a := range existing {
		if len(there[a.ExternalID]) == 0 {
			order = append(order, a.ExternalID)
		}
		there[a.ExternalID] = append(there[a.ExternalID], a)
	}
	keep := make(map[string]bool, len(wanted))
	for i := range wanted {
		a := &wanted[i]
		if refused[a.ID] {
			continue
		}
		if found := there[a.ID]; len(found) == 1 && (!strict || found[0] == toDCAnnotation(a)) {
			keep[a.ID] = true
			intact++
			continue
		}
		post = append(post, *a)
	}
	for _, id := range order {
		if !keep[id] {
			remove = append(remove, id)
		}
	}
	return remove, post, intact
}
