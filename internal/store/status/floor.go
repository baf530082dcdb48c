package status

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/terms"
	"github.com/sluice-scan/sluice/scan"
)

// IsFloor reports whether a setting is the severity floor of an engine.
func IsFloor(k *settings.Known) bool {
	return slices.ContainsFunc(scan.Engines(), func(e scan.EngineInfo) bool { return e.Floor == k.Name })
}

// ReviseFloors recounts the repositories with findings that a changed floor may include or exclude.
func (s *Counters) ReviseFloors(ctx context.Context, tx *sql.Tx) error {
	floors := ""
	for _, e := range scan.Engines() {
		if e.Floor == "" {
			floors += fmt.Sprintf(" and engine <> '%s'", e.Engine)
		}
	}
	touched, err := db.IDs(ctx, tx, terms.Numbered(`
		select distinct repository_id
		from finding
		where severity < :critical`)+floors+`
		order by repository_id`)
	if err != nil || len(touched) == 0 {
		return err
	}
	return s.RecountAll(ctx, tx, touched, true)
}

// AboveFloor is the condition under which a severity counts: it is at or above the floor of the finding's engine.
// Findings of engines without a floor always count.
func AboveFloor(finding string) string { return of(finding, aboveFloor()) }

// aboveFloor is AboveFloor for a finding f. The names of engines and settings come from tables of the program and
// contain no quotes.
var aboveFloor = sync.OnceValue(func() string {
	var always, floors strings.Builder
	for _, e := range scan.Engines() {
		if e.Floor == "" {
			fmt.Fprintf(&always, "f.engine = '%s' or ", e.Engine)
			continue
		}
		fmt.Fprintf(&floors, `
			when '%s' then (
				select case value when 'CRITICAL' then :critical when 'HIGH' then :high when 'MEDIUM' then :medium else :low end
				from (select coalesce(max(value), '') as value from setting where key = '%s') d)`, e.Engine, e.Floor)
	}
	if floors.Len() == 0 {
		return "1 = 1"
	}
	return terms.Numbered("(" + always.String() + "f.severity = :critical or f.severity >= case f.engine" + floors.String() + `
			else :low end)`)
})
