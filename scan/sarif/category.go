package sarif

import (
	"regexp"
	"strings"
	"sync"
)

// Categories returns for each run the category that separates it from other analyses by the same tool on the same
// commit, or "". The category is the id of the run's automationDetails without the part that identifies one run (3.17.3
// lets the last component of the id be unique to it): "nightly/2026-11-30" and "nightly/1184" both have the category
// "nightly", so a later run replaces an earlier one. Runs in the same log with different ids are different analyses,
// whatever their ids look like.
func Categories(runs []Run) []string {
	out := make([]string, len(runs))
	first := map[[2]string]string{}
	apart := map[[2]string]bool{}
	for i := range runs {
		out[i] = category(runs[i].Category)
		key := [2]string{runs[i].Tool, out[i]}
		if id, ok := first[key]; ok && id != runs[i].Category {
			apart[key] = true
		} else if !ok {
			first[key] = runs[i].Category
		}
	}
	for i := range runs {
		if apart[[2]string{runs[i].Tool, out[i]}] {
			out[i] = strings.Trim(runs[i].Category, "/")
		}
	}
	return out
}

// unique matches a component that identifies one run: a GUID, a hash, a date or a time, a build number.
var unique = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i:\{?[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\}?|[0-9a-f]{40}|[0-9a-f]{64}|` +
		`(?:(?:run|build|job|attempt|pipeline)[-_ #.]?)?#?\d+(?:\.\d+)?|` +
		`\d{4}-?\d\d-?\d\d(?:[tT _-]?\d\d[:.-]?\d\d(?:[:.-]?\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)$`)
})

func category(id string) string {
	id = strings.TrimSuffix(id, "/")
	i := strings.LastIndexByte(id, '/')
	if unique().MatchString(id[i+1:]) {
		return strings.Trim(id[:max(i, 0)], "/")
	}
	return strings.Trim(id, "/")
}
