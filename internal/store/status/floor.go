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
	"github.com/sluice-scan/sluice/scan"
)

// IsFloor reports whether a setting is the floor of an engine.
func IsFloor(k *settings.Known) bool {
	return slices.ContainsFunc(scan.Engines(), func(e scan.EngineInfo) bool { return e.Floor == k.Name })
}

// ReviseFloors counts the repositories that have findings whose severity may have come to count, or no longer does.
func (s *Counters) ReviseFloors(ctx context.Context, tx *sql.Tx) error {
	query := "select distinct repository_id from finding where severity < 4"
	for _, e := range scan.Engines() {
		if e.Floor == "" {
			query += fmt.Sprintf(" and engine <> '%s'", e.Engine)
		}
	}
	touched, err := db.Column(ctx, tx, query+" order by repository_id")
	if err != nil || len(touched) == 0 {
		return err
	}
	return s.RecountAll(ctx, tx, touched, true)
}

// AboveFloor is the condition under which the severity of a finding f is high enough to count: it is that of the floor of its
// engine, or above. Findings of engines without a floor always count. The names of engines and settings are those of tables
// of the program, and hold no quotes.
var AboveFloor = sync.OnceValue(func() string {
	var always, floors strings.Builder
	for _, e := range scan.Engines() {
		if e.Floor == "" {
			fmt.Fprintf(&always, "f.engine = '%s' or ", e.Engine)
			continue
		}
		fmt.Fprintf(&floors, `
	when '%s' then (select case value when 'CRITICAL' then 4 when 'HIGH' then 3 when 'MEDIUM' then 2 else 1 end from (select coalesce(max(value), '') as value from setting where key = '%s') d)`, e.Engine, e.Floor)
	}
	if floors.Len() == 0 {
		return "1 = 1"
	}
	return "(" + always.String() + "f.severity = 4 or f.severity >= case f.engine" + floors.String() + " else 1 end)"
})
