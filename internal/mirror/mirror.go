package mirror

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options configure mirrors.
type Options struct {
	// Dir is the folder of the mirrors. It belongs to one process. It is created when it is missing.
	Dir string
	// Git is the git program; empty means the one in the path of programs.
	Git string
	// Quota is how many bytes all mirrors may take. When they take more, those that were used longest ago are deleted, but
	// none that is in use. 0 means no limit.
	Quota int64
	// Env is added to the environment of git: proxies. It must hold no credential of a connection.
	Env []string
	Log *slog.Logger
}

// Remote is where a repository is, and how to get in.
type Remote struct {
	// URL is the address, https or http, without a user.
	URL string
	// Scope is the beginning of the URL for which the credential is meant: the address of the server.
	Scope string
	// Ask returns the credential at the moment when git needs it; nil sends none.
	Ask func(ctx context.Context) (Credential, error)
	// CAFile is a file with the authorities of the server; empty means those of the system.
	CAFile string
}

// Credential is what one fetch may know.
type Credential interface {
	// Authorization is the value of that header.
	Authorization() string
	// Drop forgets it. It is called when git has ended.
	Drop()
}

// The kinds of errors, for errors.Is.
var (
	// ErrDenied means that the server does not let this credential read the repository.
	ErrDenied = errors.New("the git server refuses the credential")
	// ErrMissing means that the server has no such repository, or hides it.
	ErrMissing = errors.New("the git server has no such repository")
	// ErrMoved means that the server redirects, which is not followed: the credential would go along.
	ErrMoved = errors.New("the git server says that the repository is elsewhere")
	// ErrTemporary means that a retry may succeed.
	ErrTemporary = errors.New("the git server could not be reached")
)

// Mirrors are the mirrors in a folder. It is safe for concurrent use by one process.
type Mirrors struct {
	o   Options
	git string

	mu   sync.Mutex
	list map[string]*mirror
}

// mirror is one mirror. Its fields are guarded by Mirrors.mu, its folder on disk by lock.
type mirror struct {
	lock sync.Mutex
	// users is the number of callers that read or change it.
	users int
	size  int64
	used  time.Time
}

// leftover is the beginning of the names of folders that a killed process left.
const leftover = "tmp-"

// New opens a folder of mirrors, and removes what a killed process left in it.
func New(o Options) (*Mirrors, error) {
	git, err := findGit(o.Git)
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, err
	}
	// git's home folder is empty, so that no configuration of a person applies.
	if err := os.MkdirAll(filepath.Join(o.Dir, home), 0o700); err != nil {
		return nil, fmt.Errorf("the folder of the mirrors: %w", err)
	}
	m := &Mirrors{o: o, git: git, list: map[string]*mirror{}}
	entries, err := os.ReadDir(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("the folder of the mirrors: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(o.Dir, e.Name())
		switch {
		case e.Name() == home:
		case strings.HasPrefix(e.Name(), leftover):
			err = errors.Join(err, os.RemoveAll(path))
		case e.IsDir():
			x := &mirror{size: sizeOf(path)}
			if info, err := e.Info(); err == nil {
				x.used = info.ModTime()
			}
			m.list[e.Name()] = x
		}
	}
	return m, err
}

const home = "home"

// nameOf turns a key into the name of a folder: keys contain what foreign names contain.
func nameOf(key string) string { return "m" + hex.EncodeToString([]byte(key)) }

// Open brings the mirror for a key up to date with the branches of a remote, and returns its folder, a bare repository.
// The caller must call release when it no longer reads it. Two calls for one key run one after the other.
func (m *Mirrors) Open(ctx context.Context, key string, from Remote) (dir string, release func(), err error) {
	if err := from.check(); err != nil {
		return "", nil, err
	}
	x, done := m.take(nameOf(key))
	defer func() {
		if err != nil {
			done()
			m.evict()
		}
	}()
	x.lock.Lock()
	defer x.lock.Unlock()
	known, err := from.known(ctx)
	if err != nil {
		return "", nil, err
	}
	defer known.drop()
	dir = filepath.Join(m.o.Dir, nameOf(key))
	switch _, err = os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		err = m.clone(ctx, dir, known)
	case err == nil:
		if err = m.fetch(ctx, dir, known); err != nil && errors.Is(err, errBroken) {
			m.o.Log.Warn("a mirror is broken and is made again", "mirror", filepath.Base(dir), "error", err)
			if err = os.RemoveAll(dir); err == nil {
				err = m.clone(ctx, dir, known)
			}
		}
	}
	if err != nil {
		return "", nil, err
	}
	m.measure(dir, x)
	m.evict()
	return dir, done, nil
}

// Kept returns the folder of a mirror as it is, without asking the server; ok is false if there is none. If ok, the
// caller must call release.
func (m *Mirrors) Kept(key string) (dir string, release func(), ok bool) {
	name := nameOf(key)
	m.mu.Lock()
	x := m.list[name]
	if x == nil {
		m.mu.Unlock()
		return "", nil, false
	}
	x.users++
	m.mu.Unlock()
	release = m.releaseOf(x)
	dir = filepath.Join(m.o.Dir, name)
	if _, err := os.Stat(dir); err != nil {
		release()
		return "", nil, false
	}
	return dir, release, true
}

// Remove deletes a mirror, unless somebody uses it.
func (m *Mirrors) Remove(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(nameOf(key))
}

func (m *Mirrors) take(name string) (*mirror, func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := m.list[name]
	if x == nil {
		x = &mirror{}
		m.list[name] = x
	}
	x.users++
	x.used = time.Now()
	return x, m.releaseOf(x)
}

func (m *Mirrors) releaseOf(x *mirror) func() {
	return sync.OnceFunc(func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		x.users--
	})
}

// measure records the size and the use of a mirror. The time of its folder tells the next process.
func (m *Mirrors) measure(dir string, x *mirror) {
	size, now := sizeOf(dir), time.Now()
	_ = os.Chtimes(dir, now, now) // it only orders what is deleted first
	m.mu.Lock()
	defer m.mu.Unlock()
	x.size, x.used = size, now
}

// evict deletes mirrors until the others fit the quota.
func (m *Mirrors) evict() {
	m.mu.Lock()
	defer m.mu.Unlock()
	var total int64
	var idle []string
	for name, x := range m.list {
		total += x.size
		if x.users == 0 {
			idle = append(idle, name)
		}
	}
	slices.SortFunc(idle, func(a, b string) int { return m.list[a].used.Compare(m.list[b].used) })
	for _, name := range idle {
		x := m.list[name]
		if x.size == 0 {
			delete(m.list, name)
			continue
		}
		if m.o.Quota == 0 || total <= m.o.Quota {
			return
		}
		if size := x.size; m.drop(name) {
			total -= size
			m.o.Log.Info("a mirror is deleted, because all mirrors together are too large", "mirror", name, "bytes", size)
		}
	}
}

// drop deletes an idle mirror. mu is held. The folder first gets another name, so that no part of it is ever read.
func (m *Mirrors) drop(name string) bool {
	x := m.list[name]
	if x == nil || x.users > 0 {
		return false
	}
	aside := filepath.Join(m.o.Dir, leftover+name)
	if err := os.Rename(filepath.Join(m.o.Dir, name), aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.o.Log.Error("a mirror could not be deleted", "mirror", name, "error", err)
		return false
	}
	delete(m.list, name)
	if err := os.RemoveAll(aside); err != nil {
		m.o.Log.Error("a mirror could not be deleted", "mirror", name, "error", err)
	}
	return true
}

// sizeOf returns the bytes of the files below a folder.
func sizeOf(dir string) (total int64) {
	// What vanished takes no space.
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			if info, err := e.Info(); err == nil {
				total += info.Size()
			}
		}
		return nil
	})
	return total
}

// check refuses what git could take for something else than an address of the server.
func (r *Remote) check() error {
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("the address of the repository is neither https nor http")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("the address of the repository contains more than a server and a path")
	}
	if !strings.HasPrefix(r.URL, strings.TrimRight(r.Scope, "/")+"/") {
		return errors.New("the address of the repository is not below the address of the server: the credential stays here")
	}
	return nil
}

// known is a remote with the credential of one fetch.
type known struct {
	Remote
	authorization string
	drop          func()
}

// known asks for the credential. The caller must call drop.
func (r *Remote) known(ctx context.Context) (*known, error) {
	k := &known{Remote: *r, drop: func() {}}
	if r.Ask == nil {
		return k, nil
	}
	c, err := r.Ask(ctx)
	if err != nil {
		return nil, err
	}
	k.authorization = c.Authorization()
	if strings.ContainsFunc(k.authorization, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		c.Drop()
		return nil, errors.New("the credential contains a control character")
	}
	k.drop = func() {
		k.authorization = ""
		c.Drop()
	}
	return k, nil
}
