package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/secret"
)

// Place says what to scan.
type Place struct {
	// Dir is a folder in a repository, or any other folder.
	Dir string
	// Revision is the revision to scan. Empty means HEAD.
	Revision string
	// Worktree scans the files of Dir instead of a commit.
	Worktree bool
	// Subtree limits the scan to Dir if Dir is below the repository's root.
	Subtree bool
	// Fallback scans the files of a folder outside any repository. Without it such a folder is an error.
	Fallback bool
	// Workspace and Repository are the repository's name on Bitbucket. Both are empty if it is not known.
	Workspace, Repository string
	// Found is called with the full hash of the commit as soon as it is known. It may be nil.
	Found func(hash string)
	// Fetch fetches a commit that the clone lacks. It is nil if fetching is not possible here.
	Fetch func(ctx context.Context, r *git.Repository, want string, depth int) error
	// Trees caches the folders of repositories between scans. Nil means no cache.
	Trees *git.TreeCache
}

// Check returns a [*variable.UsageError] if Dir is not a folder.
func (p *Place) Check() error {
	info, err := os.Stat(p.Dir)
	if err == nil && !info.IsDir() {
		err = errors.New("it is not a folder")
	}
	if err != nil {
		return &variable.UsageError{Err: fmt.Errorf("%s cannot be scanned: %w; name a repository or a folder", p.Dir, err)}
	}
	return nil
}

// Means has what the caller provides for a scan in addition to its configuration. The zero value provides nothing.
type Means struct {
	// Variables lists the variables that the caller reads. A note names each one whose value is a literal $NAME. Nil means
	// the variables of [Config].
	Variables []variable.Variable
	// Calls is the call analysis for REACHABILITY. If it is nil, the variable is refused.
	Calls CallAnalysis
	// History applies if the configuration names none.
	History History
	// Providers sends the requests of VERIFY. Nil is the real network.
	Providers http.RoundTripper
	// Advisories sends the requests to osv.dev. Nil is the real network.
	Advisories http.RoundTripper
	// Dependencies replaces the file or the service of advisories that the configuration names. Nil means those.
	Dependencies sca.Advisories
	// Detector makes the detector for secrets. Nil means secret.New.
	Detector func(o secret.Options) (*secret.Detector, error)
	// WithoutImport lists configurations of other scanners to ignore. Rules adds the caller's own rules after those of the
	// repository's files; it may be nil.
	WithoutImport []string
	Rules         func(set *ruleset.Set)
}
