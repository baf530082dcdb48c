package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/osv"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// AdvisoryFile is the name of the advisory file in CACHE_DIR.
const AdvisoryFile = "advisories.db"

// advisoryTime limits how long a scan waits for advisories.
const advisoryTime = 10 * time.Minute

// dependencies makes the detector for dependencies.
func dependencies(ctx context.Context, c *Checkout, p *Plan) (made Made, err error) {
	config := &p.Config.Scan
	options := sca.Options{Jobs: max(int(config.Jobs), runtime.GOMAXPROCS(0))}
	if p.Policy != nil {
		options.Policy = p.Policy.Dependencies
		if unknown := sca.CheckLicenses(&options.Policy); len(unknown) > 0 {
			return Made{}, &variable.UsageError{Err: fmt.Errorf("%s: dependencies.licenses: SPDX has no licence %s; see https://spdx.org/licenses/", p.Policy.Source, strings.Join(unknown, ", "))}
		}
	}
	if options.Exploits, err = readExploits(config); err != nil {
		return Made{}, &variable.UsageError{Err: err}
	}
	if options.Ignore, made.Notes, err = exceptions(ctx, c, p); err != nil {
		return Made{}, err
	}
	client := &osv.Client{Download: config.DBURL, HTTP: p.means.Advisories, Agent: "sluice"}
	switch {
	case p.means.Dependencies != nil:
		options.Advisories = p.means.Dependencies
	case bool(config.OSVAPI):
		options.Advisories = &osv.API{Client: client, Timeout: advisoryTime, Now: time.Now}
	default:
		store, err := config.advisoryStore(client)
		if err != nil {
			return Made{}, err
		}
		store.Log = p.log
		options.Advisories, made.Close = store, store.Close
	}
	made.Detector = sca.New(options)
	return made, nil
}

// advisoryStore finds the advisory file: the one that DB names, else the one in the cache folder, else a temporary one for
// this scan.
func (c *ScanConfig) advisoryStore(client *osv.Client) (*osv.Store, error) {
	store := &osv.Store{Path: c.DB, Mode: c.DBUpdate, Client: client, Timeout: advisoryTime, Now: time.Now}
	switch {
	case c.DB != "":
		if store.Mode == osv.UpdateForce {
			return store, nil
		}
		// DB names a file that the user maintains; we do not update it.
		store.Mode = osv.UpdateOff
		db, err := advisory.Open(c.DB)
		if err != nil {
			return nil, &variable.UsageError{Err: fmt.Errorf("DB: %w", err)}
		}
		return store, db.Close()
	case c.CacheDir != "" && !strings.EqualFold(c.CacheDir, cacheOff):
		store.Path = filepath.Join(c.CacheDir, AdvisoryFile)
	case store.Mode == osv.UpdateOff:
		store.Path = os.DevNull + ".none"
	default:
		dir, err := os.MkdirTemp("", "sluice-advisories-")
		if err != nil {
			return nil, fmt.Errorf("make a folder for the advisories: %w", err)
		}
		store.Path, store.Temporary = filepath.Join(dir, AdvisoryFile), dir
	}
	return store, nil
}

// readExploits reads the files of KEV and EPSS; nil when there are none.
func readExploits(c *ScanConfig) (*sca.Exploits, error) {
	if c.KEV == "" && c.EPSS == "" {
		return nil, nil
	}
	x := &sca.Exploits{}
	var problems []error
	for _, file := range []struct {
		variable, name string
		read           func([]byte) error
	}{{"KEV", c.KEV, x.ReadKEV}, {"EPSS", c.EPSS, x.ReadEPSS}} {
		if file.name == "" {
			continue
		}
		data, err := os.ReadFile(file.name)
		if err == nil {
			err = file.read(data)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", file.variable, err))
		}
	}
	return x, errors.Join(problems...)
}

// goEnvironment lists the variables that the go command gets. It needs them to find its caches and modules; the credentials
// of a pipeline are not among them.
var goEnvironment = []string{
	"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOPRIVATE", "GONOSUMDB", "GOSUMDB", "HTTPS_PROXY", "NO_PROXY",
	"SystemRoot", "LocalAppData", "USERPROFILE",
}

// CallAnalysis fills in Dependency.Imported of the findings about Go packages: whether the code in the folder root calls the vulnerable
// functions. The paths of the findings are relative to root. env is the environment of the go command; db is the address of a Go
// vulnerability database, empty for https://vuln.go.dev. The notes name the modules that could not be analysed, and why. It is a value
// and not an import, because the analysis makes the program half as large again and needs the go command, which no image of a pipe has.
type CallAnalysis func(ctx context.Context, root string, env []string, db string, findings []scan.Finding) []scan.Note

// errNoCallAnalysis refuses REACHABILITY in a program without the analysis.
var errNoCallAnalysis = errors.New("REACHABILITY: the pipe's image leaves out the call analysis because it has no go command; leave REACHABILITY empty, or run the full program (the image sluicescan/sluice-server, or what `go build .` makes of the sources) where the go command is")

// markReachable marks the vulnerable Go packages that the code calls, when REACHABILITY is set.
func (p *Plan) markReachable(ctx context.Context, c *Checkout, result *scan.Result) {
	if !bool(p.Config.Scan.Reachability) {
		return
	}
	// The code of a pull request must not choose a toolchain to download or a C compiler to run.
	env := []string{"GOTOOLCHAIN=local", "CGO_ENABLED=0", "GOFLAGS=-mod=readonly"}
	for _, name := range goEnvironment {
		if value, ok := p.lookup(name); ok {
			env = append(env, name+"="+value)
		}
	}
	db, _ := p.lookup("GOVULNDB")
	result.Notes = append(result.Notes, p.means.Calls(ctx, c.Root, env, db, result.Findings)...)
}
