package pipe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/osv"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// AdvisoryFile is the name of the advisory file in CACHE_DIR.
const AdvisoryFile = "advisories.db"

// advisoryTime bounds what bringing the advisories may take of a scan.
const advisoryTime = 10 * time.Minute

// dependencies makes the detector for dependencies. close releases what it holds.
func (t *Target) dependencies(ctx context.Context) (d *sca.Detector, end func() error, err error) {
	c := &t.Config.Scan
	options := sca.Options{Jobs: max(int(c.Jobs), runtime.GOMAXPROCS(0))}
	if t.Policy != nil {
		options.Policy = t.Policy.Dependencies
		if unknown := sca.CheckLicenses(&options.Policy); len(unknown) > 0 {
			return nil, nil, &UsageError{fmt.Errorf("%s: dependencies.licenses: SPDX has no licence %s; see https://spdx.org/licenses/", t.Policy.Source, strings.Join(unknown, ", "))}
		}
	}
	if options.Exploits, err = readExploits(c); err != nil {
		return nil, nil, &UsageError{err}
	}
	if options.Ignore, err = t.exceptions(ctx); err != nil {
		return nil, nil, err
	}
	if t.known != nil {
		options.Advisories = t.known
		return sca.New(options), func() error { return nil }, nil
	}
	client := &osv.Client{Download: c.DBURL, HTTP: t.advisories, Agent: "sluice"}
	if bool(c.OSVAPI) {
		options.Advisories = &osv.API{Client: client, Timeout: advisoryTime, Now: time.Now}
		return sca.New(options), func() error { return nil }, nil
	}
	store, err := c.advisoryStore(client)
	if err != nil {
		return nil, nil, err
	}
	store.Log = t.log
	options.Advisories = store
	return sca.New(options), store.Close, nil
}

// advisoryStore finds the advisory file: the one that is named, else the one in the cache folder, else one that lives as
// long as the scan.
func (c *ScanConfig) advisoryStore(client *osv.Client) (*osv.Store, error) {
	store := &osv.Store{Path: c.DB, Mode: c.DBUpdate, Client: client, Timeout: advisoryTime, Now: time.Now}
	switch {
	case c.DB != "":
		if store.Mode == osv.UpdateForce {
			return store, nil
		}
		// A file that somebody chose is used as it is.
		store.Mode = osv.UpdateOff
		db, err := advisory.Open(c.DB)
		if err != nil {
			return nil, &UsageError{fmt.Errorf("DB: %w", err)}
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

// exceptions reads what other tools' files in the tree say of advisories: osv-scanner's configuration and OpenVEX. In a pull
// request they come from the base, so that it cannot switch its own gate off.
func (t *Target) exceptions(ctx context.Context) ([]scan.DependencyIgnore, error) {
	if t.Policy != nil && t.Policy.WithoutImport {
		return nil, nil
	}
	var source scan.Source = t.head
	switch {
	case t.dir != nil:
		source = t.dir
	case t.head == nil:
		return nil, nil
	case t.Config.Pipeline.PullRequest():
		if t.base == nil {
			return nil, nil
		}
		source = t.base
		if err := t.noteChangedExceptions(ctx); err != nil {
			return nil, err
		}
	}
	files, err := exceptionFiles(ctx, source)
	if err != nil {
		return nil, err
	}
	tree := scan.NewTree(source, files, maxExceptionBytes)
	var ignore []scan.DependencyIgnore
	for _, f := range files {
		read := sca.ReadVEX
		if path.Base(f.Path) == sca.OSVScannerFile {
			read = sca.ReadOSVScanner
		}
		content, err := tree.Read(f)
		if err != nil {
			t.note("exceptions", "%s is not used: %v", f.Path, err)
			continue
		}
		entries, warnings, err := read(f.Path, content.Data)
		if err != nil {
			// Without it more is found, not less.
			t.note("exceptions", "%v; the file is not used", err)
			continue
		}
		for _, warning := range warnings {
			t.note("exceptions", "%s", warning)
		}
		ignore = append(ignore, entries...)
	}
	return ignore, nil
}

// maxExceptionBytes bounds a file of exceptions.
const maxExceptionBytes = 4 << 20

// exceptionFiles lists the files of a source that hold exceptions, ordered by path.
func exceptionFiles(ctx context.Context, source scan.Source) ([]scan.File, error) {
	var files []scan.File
	for f, err := range source.Files(ctx) {
		if err != nil {
			return nil, err
		}
		if (f.Mode == scan.ModeRegular || f.Mode == scan.ModeExecutable) && (path.Base(f.Path) == sca.OSVScannerFile || sca.IsVEX(f.Path)) {
			files = append(files, f)
		}
	}
	return files, nil
}

// noteChangedExceptions says which files of exceptions a pull request changes.
func (t *Target) noteChangedExceptions(ctx context.Context) error {
	before, err := exceptionFiles(ctx, t.base)
	if err != nil {
		return err
	}
	after, err := exceptionFiles(ctx, t.head)
	if err != nil {
		return err
	}
	blobs := map[string]string{}
	for _, f := range before {
		blobs[f.Path] = f.Blob
	}
	for _, f := range after {
		if blobs[f.Path] != f.Blob {
			t.note("config-changed", "this pull request changes %s; the destination's is used until it is merged", f.Path)
		}
	}
	return nil
}

// CallAnalysis fills in Dependency.Imported of the findings about Go packages: whether the code in the folder root, to which the
// paths of the findings are relative, calls what an advisory is about. env is the environment of the go command; db is the address
// of a Go vulnerability database, empty for https://vuln.go.dev. The notes say which modules could not be analysed, and why. It is a
// value and no import, because the analysis makes a program half as large again and needs the go command, which no image of a pipe has.
type CallAnalysis func(ctx context.Context, root string, env []string, db string, findings []scan.Finding) []scan.Note

// errNoCallAnalysis refuses REACHABILITY in a program that is linked without the analysis.
var errNoCallAnalysis = errors.New("REACHABILITY: this program is the one of the pipe's image, which leaves out the analysis of calls because the image has no go command; leave REACHABILITY empty, or run the full program (that of the image sluicescan/sluice-server, or the one that `go build .` makes of the sources) where the go command is")

// goEnvironment are the variables that the go command gets: what it needs to find itself, its caches and its modules, and
// none of the credentials of a pipeline.
var goEnvironment = []string{
	"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOPRIVATE", "GONOSUMDB", "GOSUMDB", "HTTPS_PROXY", "NO_PROXY",
	"SystemRoot", "LocalAppData", "USERPROFILE",
}

// markReachable asks which of the vulnerable Go packages the code calls, when REACHABILITY is set.
func (t *Target) markReachable(ctx context.Context, result *scan.Result) {
	if !bool(t.Config.Scan.Reachability) {
		return
	}
	// The code of a pull request does not choose the toolchain that is downloaded, nor a compiler for C.
	env := []string{"GOTOOLCHAIN=local", "CGO_ENABLED=0", "GOFLAGS=-mod=readonly"}
	for _, name := range goEnvironment {
		if value, ok := t.lookup(name); ok {
			env = append(env, name+"="+value)
		}
	}
	db, _ := t.lookup("GOVULNDB")
	result.Notes = append(result.Notes, t.calls(ctx, t.Root, env, db, result.Findings)...)
}
