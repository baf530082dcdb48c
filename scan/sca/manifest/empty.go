package manifest

import (
	"fmt"
	"path"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// emptyLocks returns failures for lock files without packages that should have some: files with an unknown structure,
// and files beside a manifest that asks for packages.
func emptyLocks(docs []*document.Document) []scan.Failure {
	type manifests struct {
		// first is the path of a manifest that asks for packages, and asks their number.
		first string
		asks  int
	}
	beside := map[governor]*manifests{}
	for _, doc := range docs {
		if doc.Lock {
			continue
		}
		at := governor{doc.Ecosystem, path.Dir(doc.Path)}
		if beside[at] == nil {
			beside[at] = &manifests{}
		}
		for i := range doc.Declared {
			if d := &doc.Declared[i]; d.Origin == scan.OriginRegistry && !d.Shared && d.Of == "" {
				if beside[at].asks++; beside[at].first == "" {
					beside[at].first = doc.Path
				}
			}
		}
	}
	var failures []scan.Failure
	for _, doc := range docs {
		if !doc.Lock || doc.Ecosystem == "" || len(doc.Entries) > 0 || doc.Failed || doc.Local {
			continue
		}
		m := beside[governor{doc.Ecosystem, path.Dir(doc.Path)}]
		var err error
		switch {
		case !doc.Whole && (m == nil || m.asks > 0):
			err = fmt.Errorf("no packages were found in the lock file: it is empty, or its format is not known")
		case doc.Whole && m != nil && m.asks > 0 && !doc.MayBeEmpty:
			err = fmt.Errorf("no packages were found in the lock file, and %s beside it asks for %s: write it again with the package manager",
				path.Base(m.first), scan.Plural(m.asks, "package", "packages"))
		}
		if err != nil {
			failures = append(failures, scan.Failure{Path: doc.Path, Err: err})
		}
	}
	return failures
}
