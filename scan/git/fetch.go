package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git/object"
)

const (
	// maxFetchBytes limits the size of one fetch.
	maxFetchBytes = 4 << 30
	// maxHaves limits the commits that a fetch reports as present; the tips are enough for a clone.
	maxHaves = 256
	// connectTimeout limits the connection and its handshake; the context limits the rest.
	connectTimeout = 15 * time.Second
)

// FetchOptions say what to fetch, and from where.
type FetchOptions struct {
	// URL is the address of the repository, http or https. A user name or password in it is ignored.
	URL string
	// Proxy is the URL of the HTTP proxy. The auth proxy of Pipelines ("http://localhost:29418") requires an http URL, and
	// adds the credentials itself. Empty means the proxy of the environment, if any.
	Proxy string
	// Want lists branch names, full reference names, and full hashes. A server may refuse a hash to which no reference
	// leads.
	Want []string
	// Depth is the number of commits of each line of history; 0 means all.
	Depth int
	// Username and Password are sent as Basic credentials, Password alone as a Bearer token; only over https.
	Username string
	Password scan.Secret
}

// Fetch gets commits that the clone does not have. It stores them in a temporary folder that is part of the repository
// until [Repository.Close]; the clone itself does not change. No hook or helper runs.
//
// Errors: [ErrUnknownRevision] if the server does not have the wanted commits, transport.ErrAuthenticationRequired and
// similar errors of go-git, and network errors. None contains a credential.
func (r *Repository) Fetch(ctx context.Context, o FetchOptions) error {
	where, session, err := o.session()
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }()
	if err := r.fetch(ctx, session, o); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return fmt.Errorf("fetch %s from %s: %w", strings.Join(o.Want, ", "), where, err)
	}
	return nil
}

// session checks the options. It returns a client for them, and the URL in a form that is safe to show.
func (o FetchOptions) session() (where string, s transport.UploadPackSession, err error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", nil, errors.New("fetch: the URL of the repository is not http or https")
	}
	u.User = nil
	where = u.Redacted()
	// The session ends with the command, so no connection may outlive it.
	rt := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: connectTimeout, DisableKeepAlives: true,
		DialContext: (&net.Dialer{Timeout: connectTimeout}).DialContext}
	if o.Proxy != "" {
		proxy, err := url.Parse(o.Proxy)
		if err != nil || proxy.Host == "" {
			return "", nil, fmt.Errorf("fetch %s: the URL of the proxy is not valid", where)
		}
		rt.Proxy = http.ProxyURL(proxy)
	}
	var auth transport.AuthMethod
	if !o.Password.Empty() {
		if u.Scheme != "https" {
			return "", nil, fmt.Errorf("fetch %s: credentials are not sent over http: use an https URL", where)
		}
		auth = &githttp.BasicAuth{Username: o.Username, Password: o.Password.Reveal()}
		if o.Username == "" {
			auth = &githttp.TokenAuth{Token: o.Password.Reveal()}
		}
	}
	endpoint, err := transport.NewEndpoint(u.String())
	if err != nil {
		return "", nil, fmt.Errorf("fetch %s: %w", where, err)
	}
	s, err = githttp.NewClient(&http.Client{Transport: rt}).NewUploadPackSession(endpoint, auth)
	if err != nil {
		return "", nil, fmt.Errorf("fetch %s: %w", where, err)
	}
	return where, s, nil
}

func (r *Repository) fetch(ctx context.Context, session transport.UploadPackSession, o FetchOptions) error {
	adv, err := session.AdvertisedReferencesContext(ctx)
	if err != nil {
		return err
	}
	req := packp.NewUploadPackRequestFromCapabilities(adv.Capabilities)
	if req.Wants, err = wants(adv, o.Want); err != nil {
		return err
	}
	if o.Depth > 0 {
		req.Depth = packp.DepthCommits(o.Depth)
	}
	if req.Shallows, err = r.refs.Shallow(); err != nil {
		return err
	}
	if o.Depth > 0 || len(req.Shallows) > 0 {
		if !adv.Capabilities.Supports(capability.Shallow) {
			return errors.New("the server does not support shallow fetches")
		}
		if err := req.Capabilities.Set(capability.Shallow); err != nil {
			return err
		}
	}
	req.Haves = r.tips()
	resp, err := session.UploadPack(ctx, req)
	switch {
	case errors.Is(err, transport.ErrEmptyUploadPackRequest):
		return nil
	case err != nil && strings.Contains(err.Error(), "not our ref"):
		return fmt.Errorf("%w: the server does not serve it by its hash; name the branch, or deepen the clone", ErrUnknownRevision)
	case err != nil:
		return err
	}
	defer func() { _ = resp.Close() }()
	return r.overlay(packData(req, resp))
}

// wants turns names into the hashes that the server advertises.
func wants(adv *packp.AdvRefs, names []string) ([]plumbing.Hash, error) {
	var hashes []plumbing.Hash
	for _, name := range names {
		h, ok := adv.References[name]
		for _, prefix := range []string{"refs/heads/", "refs/tags/"} {
			if !ok {
				h, ok = adv.References[prefix+name]
			}
		}
		switch {
		case ok:
		case name == "HEAD" && adv.Head != nil:
			h = *adv.Head
		case plumbing.IsHash(name):
			h = plumbing.NewHash(name)
		default:
			return nil, fmt.Errorf("%w %s: the server has no such branch or tag", ErrUnknownRevision, name)
		}
		if !slices.Contains(hashes, h) {
			hashes = append(hashes, h)
		}
	}
	if len(hashes) == 0 {
		return nil, errors.New("nothing is wanted")
	}
	return hashes, nil
}

// tips lists commits to which references lead, sorted. The server need not send them again.
func (r *Repository) tips() []plumbing.Hash {
	refs, err := r.refs.IterReferences()
	if err != nil {
		return nil
	}
	defer refs.Close()
	var tips []plumbing.Hash
	for {
		ref, err := refs.Next()
		if err != nil {
			break
		}
		if ref.Type() == plumbing.HashReference && r.HasCommit(ref.Hash().String()) {
			tips = append(tips, ref.Hash())
		}
	}
	slices.SortFunc(tips, func(a, b plumbing.Hash) int { return bytes.Compare(a[:], b[:]) })
	tips = slices.Compact(tips)
	return tips[:min(len(tips), maxHaves)]
}

// packData returns the pack of a response, without the sideband protocol around it.
func packData(req *packp.UploadPackRequest, resp io.Reader) io.Reader {
	switch {
	case req.Capabilities.Supports(capability.Sideband64k):
		return sideband.NewDemuxer(sideband.Sideband64k, resp)
	case req.Capabilities.Supports(capability.Sideband):
		return sideband.NewDemuxer(sideband.Sideband, resp)
	}
	return resp
}

// overlay writes a pack into a separate folder and adds it after the clone's objects.
func (r *Repository) overlay(data io.Reader) error {
	dir, err := os.MkdirTemp("", "sluice-fetch-")
	if err != nil {
		return fmt.Errorf("make a folder for the fetched objects: %w", err)
	}
	storage := filesystem.NewStorage(osfs.New(dir), cache.NewObjectLRU(cache.FileSize(object.CacheBytes)))
	limited := &io.LimitedReader{R: data, N: maxFetchBytes}
	err = packfile.UpdateObjectStorage(storage, limited)
	err = errors.Join(err, storage.Close())
	if errors.Is(err, packfile.ErrEmptyPackfile) {
		return os.RemoveAll(dir)
	}
	if limited.N == 0 {
		err = fmt.Errorf("more than %d bytes: ask for fewer commits", int64(maxFetchBytes))
	}
	if err == nil {
		err = r.objects.Add(filepath.Join(dir, "objects"))
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fetched = append(r.fetched, dir)
	return nil
}
