package connected

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/mirror"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/scan/atomicfile"
)

// Admin keeps the connections that people set up. It is safe for concurrent use.
type Admin struct {
	Store *store.Store
	// Box seals the credentials.
	Box seal.Box
	// Agent is the name of this program for servers.
	Agent string
	Log   *slog.Logger
	// Transport replaces the network; nil means the real one.
	Transport http.RoundTripper
	// App gives the credentials of the Forge app; nil for a server without it.
	App Apps
}

// Put adds a connection or changes it. A nil credential keeps the one that it has, if the address is still the same. It
// does not use the network.
func (a *Admin) Put(ctx context.Context, name string, s *Settings, c *Credential) (id int64, err error) {
	problems := []error{CheckName(name), s.Check()}
	if c != nil {
		problems = append(problems, c.Check(), s.fits(c))
	}
	if err := errors.Join(problems...); err != nil {
		return 0, err
	}
	if c == nil && s.App == "" {
		row, err := a.Store.Connections.Remote(ctx, name)
		if err != nil {
			return 0, err
		}
		old, err := ParseSettings(row.Settings)
		if err == nil {
			err = keeps(&old, s)
		}
		if err != nil {
			return 0, err
		}
	}
	var sealing func(place string) string
	switch {
	case s.App != "":
		// Nothing is kept of a credential that somebody gave before.
		sealing = func(string) string { return "" }
	case c != nil:
		sealing = func(place string) string { return a.Box.Seal(c.text(), place) }
	}
	if id, err = a.Store.Connections.Put(ctx, name, s.kind(), s.text(), sealing); err != nil || !s.Webhooks {
		return id, err
	}
	row, err := a.Store.Connections.Remote(ctx, name)
	if err != nil || row.Hook.Path != "" {
		return id, err
	}
	return id, a.NewSecret(ctx, id)
}

// NewSecret gives the webhooks of a connection another secret. The server changes the webhooks at its next listing, and
// accepts the former secret for a day.
func (a *Admin) NewSecret(ctx context.Context, id int64) error {
	path := strings.ToLower(rand.Text())
	return a.Store.Connections.NewSecret(ctx, id, path, func(place string) string { return a.Box.Seal(rand.Text()+rand.Text(), place) })
}

// errOtherServer means that a credential would go to another server than the one for which somebody gave it.
var errOtherServer = errors.New("the address is another one: give the credential again, so that the old one does not go to another server")

// keeps reports whether a credential may stay when the settings change.
func keeps(old, s *Settings) error {
	if old.URL != s.URL {
		return errOtherServer
	}
	return nil
}

// Remove removes a connection, its credential, and its projects, whose results are kept for keepRemovedDays. It returns
// how many repositories that were.
//
// It also deletes the webhooks, as far as it can; hooks is the problem with that.
func (a *Admin) Remove(ctx context.Context, row *connections.Remote) (repositories int, hooks, err error) {
	hooks = a.removeHooks(ctx, row)
	if err := a.Store.Connections.Drop(ctx, row.ID); err != nil {
		return 0, hooks, err
	}
	sync := a.Store.Catalog.Sync(row.ID)
	missing, err := sync.Missing(ctx, nil, true)
	if err != nil {
		return 0, hooks, err
	}
	var gone []catalog.Place
	gone, err = sync.Remove(ctx, missing)
	for _, p := range gone {
		repositories += p.Repositories
	}
	return repositories, hooks, err
}

// removeTime limits how long the webhooks of a removed connection are deleted.
const removeTime = time.Minute

func (a *Admin) removeHooks(ctx context.Context, row *connections.Remote) error {
	if row.Hook.Path == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, removeTime)
	defer cancel()
	s, source, err := a.source(row)
	if err != nil {
		return err
	}
	client, err := a.client(row.ID, &s, source)
	if err != nil {
		return err
	}
	return s.product(&parts{name: row.Name, client: client, log: a.Log}).RemoveHooks(ctx, hookAddress("", row.Hook.Path))
}

// errNoCredential means that a connection has no credential.
var errNoCredential = errors.New("it has no credential: add it again with one")

// opened returns what people have set up for a connection, with its credential.
func (a *Admin) opened(row *connections.Remote) (s Settings, c Credential, err error) {
	if s, err = ParseSettings(row.Settings); err != nil {
		return s, c, err
	}
	if row.Credential == "" {
		return s, c, errNoCredential
	}
	text, err := a.Box.Open(row.Credential, connections.Place(row.ID))
	if err != nil {
		return s, c, fmt.Errorf("the credential of the connection: %w", err)
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		// The error of the decoder would quote the credential.
		return s, c, errNoCredential
	}
	return s, c, nil
}

// source returns what people have set up for a connection, and what gives its credentials.
func (a *Admin) source(row *connections.Remote) (Settings, credential.Source, error) {
	s, err := ParseSettings(row.Settings)
	switch {
	case err != nil:
		return s, nil, err
	case s.App != "" && a.App == nil:
		return s, nil, errNoApp
	case s.App != "":
		return s, a.App.Source(s.App), nil
	}
	s, c, err := a.opened(row)
	source := c.source(&s)
	return s, source, err
}

// client returns a client for settings and credentials. id is that of the connection; 0 if it does not exist yet.
func (a *Admin) client(id int64, s *Settings, credentials bitbucket.Credentials) (*bitbucket.Client, error) {
	limits := s.limits()
	if s.Cloud() && id != 0 {
		limits.Ledger = a.Store.Connections.Ledger(id)
	}
	return a.clientWith(s, credentials, limits)
}

func (a *Admin) clientWith(s *Settings, credentials bitbucket.Credentials, limits *bitbucket.Limits) (*bitbucket.Client, error) {
	o := bitbucket.Options{Product: bitbucket.DataCenter, ServerURL: s.URL, Credentials: credentials, UserAgent: a.Agent, Log: a.Log, Limits: limits, Transport: a.Transport}
	if s.Cloud() {
		o.Product, o.ServerURL = bitbucket.Cloud, ""
	}
	if s.Authorities != "" {
		o.Authorities = x509.NewCertPool()
		o.Authorities.AppendCertsFromPEM([]byte(s.Authorities))
	}
	return bitbucket.New(o)
}

// park is the longest wait of a call in place.
const park = 30 * time.Second

// checkTime limits a check.
const checkTime = 20 * time.Second

// Check asks the server of a connection whether it accepts the credential.
func (a *Admin) Check(ctx context.Context, row *connections.Remote) (connection.Who, error) {
	s, source, err := a.source(row)
	if err != nil {
		return connection.Who{}, err
	}
	return a.try(ctx, &s, source)
}

// TryKept asks a server whether it accepts the credential that a connection has, with other settings.
func (a *Admin) TryKept(ctx context.Context, row *connections.Remote, s *Settings) (connection.Who, error) {
	old, source, err := a.source(row)
	if err == nil {
		err = keeps(&old, s)
	}
	if err != nil {
		return connection.Who{}, err
	}
	return a.try(ctx, s, source)
}

// Try asks a server whether it accepts a credential, for a connection that need not exist yet.
func (a *Admin) Try(ctx context.Context, s *Settings, c Credential) (connection.Who, error) {
	return a.try(ctx, s, c.source(s))
}

func (a *Admin) try(ctx context.Context, s *Settings, source credential.Source) (connection.Who, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	client, err := a.client(0, s, source)
	if err != nil {
		return connection.Who{}, err
	}
	return s.product(&parts{client: client, log: a.Log}).Check(ctx)
}

// opening is a connection that can be used, and what it consists of.
type opening struct {
	remote      product
	client      *bitbucket.Client
	credentials credential.Source
	settings    *Settings
}

// open returns the connection of a row. Mirrors are in the folder of the server.
func (a *Admin) open(row *connections.Remote, mirrors *mirror.Mirrors, data string) (*opening, error) {
	s, source, err := a.source(row)
	if err != nil {
		return nil, err
	}
	o := &opening{settings: &s, credentials: source}
	if o.client, err = a.client(row.ID, &s, o.credentials); err != nil {
		return nil, err
	}
	p := &parts{name: row.Name, client: o.client, credentials: o.credentials, mirrors: mirrors, log: a.Log}
	if s.App != "" {
		p.app = source
	}
	if s.Authorities != "" {
		if p.caFile, err = authorities(data, s.Authorities); err != nil {
			return nil, err
		}
	}
	o.remote = s.product(p)
	return o, nil
}

// authorities writes certificates to a file for git.
func authorities(data, text string) (string, error) {
	sum := sha256.Sum256([]byte(text))
	path := filepath.Join(data, "authorities", hex.EncodeToString(sum[:8])+".pem")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	return path, atomicfile.WriteBytes(path, atomicfile.Options{}, []byte(text))
}
