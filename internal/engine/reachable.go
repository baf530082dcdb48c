package engine

import (
	"context"

	"github.com/sluice-scan/sluice/internal/reachability"
	"github.com/sluice-scan/sluice/scan"
)

// goEnvironment are the variables that the go command gets: what it needs to find itself, its caches and its modules, and
// none of the credentials of a pipeline.
var goEnvironment = []string{
	"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOPRIVATE", "GONOSUMDB", "GOSUMDB", "HTTPS_PROXY", "NO_PROXY",
	"SystemRoot", "LocalAppData", "USERPROFILE",
}

// markReachable asks which of the vulnerable Go packages the code calls, when REACHABILITY is set.
func (p *Plan) markReachable(ctx context.Context, c *Checkout, result *scan.Result) {
	if !bool(p.Config.Scan.Reachability) {
		return
	}
	// The code of a pull request does not choose the toolchain that is downloaded, nor a compiler for C.
	env := []string{"GOTOOLCHAIN=local", "CGO_ENABLED=0", "GOFLAGS=-mod=readonly"}
	for _, name := range goEnvironment {
		if value, ok := p.lookup(name); ok {
			env = append(env, name+"="+value)
		}
	}
	db, _ := p.lookup("GOVULNDB")
	result.Notes = append(result.Notes, reachability.Mark(ctx, reachability.Options{Root: c.Root, Env: env, DB: db}, result.Findings)...)
}
