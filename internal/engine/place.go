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
	// Dir is a folder in a repository, or any folder.
	Dir string
	// Revision is what to scan; empty means HEAD.
	Revision string
	// Worktree scans the files of Dir instead of a commit.
	Worktree bool
	// Subtree limits the scan to Dir when Dir is below the repository's root.
	Subtree bool
	// Fallback scans the files of a folder that is in no repository. Without it such a folder is an error.
	Fallback bool
	// Workspace and Repository are what the repository is called on Bitbucket; both empty when that is not known.
	Workspace, Repository string
	// Found is called with the full hash of the commit as soon as it is known; may be nil.
	Found func(hash string)
	// Fetch fetches a commit that the clone lacks; nil when that is not possible here.
	Fetch func(ctx context.Context, r *git.Repository, want string, depth int) error
	// Trees remembers the folders of repositories between scans; nil remembers nothing.
	Trees *git.TreeMemory
}

// Check gives a [*variable.UsageError] when Dir is not a folder.
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

// Means is what the caller brings to a scan besides its configuration. The zero value brings nothing.
type Means struct {
	// Variables lists the variables that the caller reads. A note names each one whose value is a literal $NAME. Nil means
	// the variables of [Config].
	Variables []variable.Variable
	// Calls analyses calls for REACHABILITY; nil refuses the variable.
	Calls CallAnalysis
	// History is used when the configuration names none.
	History History
	// Providers carries the calls of VERIFY; nil is the real network.
	Providers http.RoundTripper
	// Advisories carries the calls to osv.dev; nil is the real network.
	Advisories http.RoundTripper
	// Dependencies knows what is vulnerable, in the place of the file or the service that the configuration names; nil for those.
	Dependencies sca.Advisories
	// Detector makes the detector for secrets; nil is secret.New.
	Detector func(o secret.Options) (*secret.Detector, error)
	// WithoutImport lists configurations of other scanners that are not read. Rules adds the caller's own rules after those
	// of the repository's files; may be nil.
	WithoutImport []string
	Rules         func(set *ruleset.Set)
}
