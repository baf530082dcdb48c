package serve

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/forge"
	"github.com/sluice-scan/sluice/internal/mail"
	"github.com/sluice-scan/sluice/internal/server/operations"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/variable"
)

// serveConfig is the configuration of the server: flags, and as their defaults variables with the prefix SLUICE_.
type serveConfig struct {
	// Repos is the folder of repositories; empty for none. Data is the server's own folder.
	Repos, Data string
	// Demo shows a made-up Bitbucket instead.
	Demo bool
	// Database is the address of PostgreSQL. It comes only from DATABASE_URL, because it contains a password. Empty means
	// SQLite in Data.
	Database string
	Listen   string
	BasePath string
	// TLSCert and TLSKey are files. Set both or neither.
	TLSCert, TLSKey string
	Sync            time.Duration
	ScanTimeout     time.Duration
	// MirrorQuota limits the mirrors of repositories, in bytes.
	MirrorQuota uint64
	// MinFree is the number of bytes of the data folder's disk that stay free. 0 means the default of the worker.
	MinFree uint64
	Node    string
	// Variables are the pipe's variables for every scan. Scan is the configuration that they give.
	Variables map[string]string
	Scan      engine.ScanConfig
	// Rate and Burst limit the calls of one account; see server.Options.
	Rate  float64
	Burst int
	// Proxies are the networks of trusted proxies.
	Proxies []netip.Prefix
	// Metrics says who may read the metrics; see server.Options.
	Metrics string
	// Mail comes only from SMTP_URL, because it contains a password.
	Mail mail.Config
	// Link is the public address of the server with its base path.
	Link   string
	SignIn signIn
	// ForgeApp is the id of the Forge app; empty for none. ForgeEnvironment is the environment whose installations may pair.
	ForgeApp, ForgeEnvironment string
}

// databaseFile is SQLite's file in the data folder.
const databaseFile = "sluice.db"

// address is the address that the store opens.
func (c *serveConfig) address() string {
	if c.Database != "" {
		return c.Database
	}
	return filepath.Join(c.Data, databaseFile)
}

// addServeFlags adds the flags of the server to a command. withServer also adds those that only serving needs.
func addServeFlags(cmd *cobra.Command, withServer bool) {
	f := cmd.Flags()
	f.String("data", "sluice-data", "folder of the server: database, keys, caches (SLUICE_DATA)")
	if !withServer {
		return
	}
	f.String("repos", "", "folder of git repositories, PROJECT/repository.git; when empty, only connections have repositories (SLUICE_REPOS)")
	f.Bool("demo", false, "show a made-up Bitbucket, and delete it at the end")
	f.String("listen", "127.0.0.1:7080", "address to listen on (SLUICE_LISTEN)")
	f.String("base-path", "", "path prefix behind a reverse proxy: /sluice (SLUICE_BASE_PATH)")
	f.String("tls-cert", "", "file with the certificate; when empty, plain HTTP (SLUICE_TLS_CERT)")
	f.String("tls-key", "", "file with the certificate's key (SLUICE_TLS_KEY)")
	f.String("sync", "1m", "how often the repositories are listed (SLUICE_SYNC)")
	f.String("scan-timeout", "30m", "time limit of one scan (SLUICE_SCAN_TIMEOUT)")
	f.String("min-free", "", "scans wait while the data folder's disk has less space; when empty, 256MB, or a tenth of a smaller disk (SLUICE_MIN_FREE)")
	f.String("mirror-quota", "20GB", "disk space for copies of the repositories of connections; the copy that was used longest ago is deleted first (SLUICE_MIRROR_QUOTA)")
	f.String("link", "", "public address of the server with its base path, for mails and for signing in elsewhere (SLUICE_LINK)")
	f.String("node", "", "name of this node; when empty, the host name (SLUICE_NODE)")
	f.String("rate", "100", "calls per second of one account, 0 for no limit: slightly faster callers are delayed, much faster ones refused (SLUICE_RATE)")
	f.String("burst", "200", "calls of one account at once before --rate applies (SLUICE_BURST)")
	f.String("trusted-proxies", "", "addresses or networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted, separated by commas (SLUICE_TRUSTED_PROXIES)")
	f.String("metrics", operations.MetricsOpen, "who may read /metrics: open for everybody, signed-in for administrators and grantees, off for nobody (SLUICE_METRICS)")
	addSignInFlags(cmd)
	addForgeFlags(cmd)
	f.SortFlags = false
}

// loadServe reads the configuration. The error joins all problems, each with its flag.
func loadServe(cmd *cobra.Command, getenv func(string) (string, bool)) (*serveConfig, error) {
	var problems []error
	problem := func(flag, format string, args ...any) {
		problems = append(problems, fmt.Errorf("--%s: %s", flag, fmt.Sprintf(format, args...)))
	}
	text := func(flag string) string {
		f := cmd.Flags().Lookup(flag)
		if f == nil {
			return ""
		}
		if !f.Changed {
			if value, ok := getenv("SLUICE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))); ok && value != "" {
				return value
			}
		}
		return f.Value.String()
	}
	duration := func(flag string, least time.Duration) time.Duration {
		if text(flag) == "" {
			return 0
		}
		d, err := time.ParseDuration(text(flag))
		if err != nil || d < least {
			problem(flag, "%q is not a time of at least %s, such as 90s or 5m", text(flag), least)
		}
		return d
	}
	c := &serveConfig{
		Repos: text("repos"), Data: text("data"), Listen: text("listen"), BasePath: strings.TrimRight(text("base-path"), "/"), TLSCert: text("tls-cert"), TLSKey: text("tls-key"),
		Sync: duration("sync", time.Second), ScanTimeout: duration("scan-timeout", time.Second), Node: text("node"),
		Link: strings.TrimRight(text("link"), "/"), ForgeApp: text("forge-app"), ForgeEnvironment: text("forge-environment"),
	}
	bytes := func(flag string) uint64 {
		word := text(flag)
		if word == "" {
			return 0
		}
		var size variable.Size
		if err := size.UnmarshalText([]byte(word)); err != nil {
			problem(flag, "%v", err)
		}
		return uint64(size)
	}
	c.MinFree, c.MirrorQuota = bytes("min-free"), bytes("mirror-quota")
	c.Database, _ = getenv("DATABASE_URL")
	if c.Database != "" && !db.IsPostgres(c.Database) {
		problems = append(problems, errors.New("DATABASE_URL: it must begin with postgres://; leave it empty for the embedded database"))
	}
	if cmd.Flags().Lookup("repos") != nil {
		c.Demo, _ = cmd.Flags().GetBool("demo")
		if c.Demo {
			c.checkDemo(cmd, problem)
		}
		c.check(problem)
		c.loadLimits(text, problem)
		c.loadSignIn(text, getenv, problem)
		if c.Metrics = text("metrics"); !slices.Contains([]string{operations.MetricsOpen, operations.MetricsSignedIn, operations.MetricsOff}, c.Metrics) {
			problem("metrics", "%q is not one of open, signed-in and off", c.Metrics)
		}
		address, _ := getenv("SMTP_URL")
		var err error
		if c.Mail, err = mail.ParseConfig(address, text("link")); err != nil {
			problems = append(problems, fmt.Errorf("SMTP_URL: %w", err))
		}
		if err := c.loadScan(getenv); err != nil {
			problems = append(problems, err)
		}
	}
	if len(problems) > 0 {
		return nil, &variable.UsageError{Err: errors.Join(problems...)}
	}
	return c, nil
}

// loadLimits reads how often an account may call, and which proxies may name the address of a caller.
func (c *serveConfig) loadLimits(text func(flag string) string, problem func(flag, format string, args ...any)) {
	var err error
	if c.Rate, err = strconv.ParseFloat(text("rate"), 64); err != nil || c.Rate < 0 || c.Rate > 1e6 {
		problem("rate", "%q is not a number of calls per second, such as 100, or 0 for no limit", text("rate"))
	}
	if c.Rate == 0 {
		c.Rate = -1
	}
	if c.Burst, err = strconv.Atoi(text("burst")); err != nil || c.Burst < 1 || c.Burst > 1e6 {
		problem("burst", "%q is not a number of calls, such as 200", text("burst"))
	}
	for word := range strings.SplitSeq(text("trusted-proxies"), ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		network, err := netip.ParsePrefix(word)
		if one, other := netip.ParseAddr(word); err != nil && other == nil {
			network, err = netip.PrefixFrom(one, one.BitLen()), nil
		}
		if err != nil {
			problem("trusted-proxies", "%q is neither an address nor a network such as 10.0.0.0/8", word)
			continue
		}
		c.Proxies = append(c.Proxies, network)
	}
}

// scanVariables are the pipe's variables that apply to every scan. Variables in which a pipeline describes itself are
// not among them.
var scanVariables = []string{"ENGINES", "DB", "DB_UPDATE", "DB_URL", "OSV_API", "KEV", "EPSS", "RULES", "MAX_FILE_SIZE", "ARCHIVES"}

// loadScan reads the configuration of every scan, so that an error appears at the start and not in each scan.
func (c *serveConfig) loadScan(getenv func(string) (string, bool)) error {
	c.Variables = map[string]string{}
	for _, name := range scanVariables {
		if value, ok := getenv(name); ok && value != "" {
			c.Variables[name] = value
		}
	}
	config, err := engine.Load(func(name string) (string, bool) {
		value, ok := c.Variables[name]
		return value, ok
	})
	c.Scan = config.Scan
	return err
}

// check validates the values of the server's own flags.
func (c *serveConfig) check(problem func(flag, format string, args ...any)) {
	if info, err := os.Stat(c.Repos); !c.Demo && c.Repos != "" && (err != nil || !info.IsDir()) {
		problem("repos", "%s is not a folder", c.Repos)
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		problem("listen", "%q is not an address such as 127.0.0.1:7080", c.Listen)
	}
	if c.BasePath != "" && (!strings.HasPrefix(c.BasePath, "/") || strings.ContainsAny(c.BasePath, "{} ?#")) {
		problem("base-path", "%q does not begin with /", c.BasePath)
	}
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		problem("tls-cert", "the certificate needs its key (--tls-key), and the key its certificate")
	case c.TLSCert != "":
		if _, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey); err != nil {
			problem("tls-cert", "the certificate and its key cannot be used: %v", err)
		}
	}
	if c.Node == "" {
		c.Node, _ = os.Hostname()
	}
	if _, err := forge.NewVerifier(forge.Config{App: c.ForgeApp}); c.ForgeApp != "" && err != nil {
		problem("forge-app", "%v", err)
	}
	if !slices.Contains([]string{"PRODUCTION", "STAGING", "DEVELOPMENT"}, c.ForgeEnvironment) {
		problem("forge-environment", "%q is not one of PRODUCTION, STAGING and DEVELOPMENT", c.ForgeEnvironment)
	}
}
