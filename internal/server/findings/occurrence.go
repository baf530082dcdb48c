package findings

import (
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan"
)

// occurrenceFilter reads which findings the caller wants.
func (s *Resource) occurrenceFilter(c *api.Call, rule string) (f findings.OccurrenceFilter, err error) {
	f.Rule = rule
	if f.Allowed, err = c.Flag("includeAllowlisted"); err != nil {
		return f, err
	}
	if f.Reviewed, err = c.Flag("includeReviewed"); err != nil {
		return f, err
	}
	switch engine := c.Query("engine"); engine {
	case "":
		f.Engine = scan.EngineOfSecrets()
	case "all":
	default:
		if f.Engine.UnmarshalText([]byte(engine)) != nil {
			return f, api.BadRequest("engine: %q is not %s", engine, scan.Listed(append(scan.EngineNames(), "all"), "or"))
		}
	}
	if rule == "" || c.Repository == nil {
		return f, nil
	}
	f.Rule, err = s.RuleNames.ID(c, rule)
	return f, err
}
