package forge

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/handover"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/installations"
)

// App is the server's side of the app. It is safe for concurrent use.
type App struct {
	Store *installations.Installations
	Desk  *handover.Desk
	// Box seals the secrets that the app and the server share.
	Box seal.Box
	// HTTP calls the app; nil means the network. No redirect is followed.
	HTTP *http.Client
	// Wait is how long one request waits for the app; 0 means twenty seconds.
	Wait time.Duration
	// Now is the time; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

const (
	// callTime limits one call of the app. A web trigger runs at most 55 seconds, ours answers when it has called back.
	callTime = 20 * time.Second
	// wait is how long a request waits, tries how often it is made. Each try has another id.
	wait  = 20 * time.Second
	tries = 2
	// young is how long after an installation refusals are usual.
	young = 15 * time.Minute
	// signatureHeader proves to the app that the request is from its server.
	signatureHeader = "X-Sluice-Signature"
)

// ErrInactive means that an installation is not active, so that it gives no credentials.
var ErrInactive = fmt.Errorf("%w: the Forge app is not active in the workspace; install it, and pair the workspace with a new code", credential.ErrInactive)

// errNobody means that the app did not hand over a credential.
var errNobody = errors.New("the app did not hand over a credential")

// Source returns the source of credentials for the uuid of a workspace.
func (a *App) Source(workspace string) credential.Source { return NewSource(a, workspace) }

// Inactive says why a workspace gives no credentials; empty while it has an active installation.
func (a *App) Inactive(ctx context.Context, workspace string) (reason string, err error) {
	_, err = a.Store.ActiveOf(ctx, workspace)
	if !errors.Is(err, db.ErrNotFound) {
		return "", err
	}
	list, err := a.Store.All(ctx)
	if err != nil {
		return "", err
	}
	for i := range list {
		if list[i].Workspace == workspace && list[i].State == installations.Inactive {
			return list[i].Reason, nil
		}
	}
	return ErrInactive.Error(), nil
}

func (a *App) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

// triggerHosts are the hosts of web triggers
// (https://developer.atlassian.com/platform/forge/manifest-reference/modules/web-trigger/).
var triggerHosts = []string{".webtrigger.atlassian.app", ".hello.atlassian-dev.net"}

// checkTrigger refuses an address that is not one of a web trigger: requests with a signature go there.
func checkTrigger(text string) error {
	u, err := url.Parse(text)
	if err != nil || len(text) > 2000 || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.Fragment != "" ||
		!slices.ContainsFunc(triggerHosts, func(host string) bool {
			return len(u.Hostname()) > len(host) && strings.HasSuffix(u.Hostname(), host)
		}) {
		return errors.New("the address is not that of a web trigger of Forge")
	}
	return nil
}

// signature signs a request to the app. The app checks the same text in forge/src/signature.js.
func signature(secret, issued, id string, body []byte) string {
	sum := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, "v1\n"+issued+"\n"+id+"\n"+hex.EncodeToString(sum[:])) // a hash never fails
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Credential asks an installation for a credential that works now. person is for whom; empty for the server itself. The
// caller overwrites the bytes when they are no longer needed. The error is ErrInactive if the installation is not active,
// or turns out to be gone.
func (a *App) Credential(ctx context.Context, installation, person string) ([]byte, error) {
	gone := 0
	var last error
	for range tries {
		i, err := a.Store.One(ctx, installation)
		if errors.Is(err, db.ErrNotFound) || err == nil && i.State != installations.Active {
			return nil, ErrInactive
		}
		if err != nil {
			return nil, err
		}
		secret, status, err := a.request(ctx, &i, person)
		if err == nil {
			return secret, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		last = err
		if status != http.StatusNotFound && status != http.StatusGone {
			continue
		}
		if gone++; gone == tries && a.now().Sub(i.Created) >= young {
			if _, err := a.Store.Deactivate(ctx, installation, "the app no longer answers at its address: it was uninstalled"); err != nil {
				return nil, err
			}
			a.Log.Warn("an installation of the Forge app is inactive: the app is gone", "workspace", i.Workspace)
			return nil, ErrInactive
		}
	}
	return nil, last
}

// request makes one request and waits for its answer. status is that of the app; 0 if it did not answer.
func (a *App) request(ctx context.Context, i *installations.Installation, person string) (secret []byte, status int, err error) {
	r, err := a.Desk.Ask(ctx, i.ID, person)
	if err != nil {
		return nil, 0, err
	}
	defer r.Close(ctx)
	limit := a.Wait
	if limit == 0 {
		limit = wait
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	status, err = a.call(ctx, i, r.ID)
	if err != nil {
		return nil, status, err
	}
	secret, err = r.Wait(ctx)
	if errors.Is(err, handover.ErrNobody) {
		return nil, status, fmt.Errorf("%w: it accepted the request, and then nothing came; check that Atlassian reaches this server", errNobody)
	}
	return secret, status, err
}

// call makes the app hand over a credential to an id. No answer of the app is repeated in an error.
func (a *App) call(ctx context.Context, i *installations.Installation, id string) (status int, err error) {
	secret, err := a.Box.Open(i.Secret, installations.SecretPlace(i.ID))
	if err != nil {
		return 0, fmt.Errorf("the secret of the app: %w; pair the workspace again", err)
	}
	if err := checkTrigger(i.TriggerURL); err != nil {
		return 0, err
	}
	issued := strconv.FormatInt(a.now().Unix(), 10)
	body, err := json.Marshal(map[string]any{"v": 1, "id": id, "iat": a.now().Unix()})
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, i.TriggerURL, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the address of the web trigger cannot be used")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(signatureHeader, signature(secret, issued, id, body))
	response, err := still(a.HTTP).Do(request)
	if err != nil {
		return 0, fmt.Errorf("%w: its web trigger could not be reached", errNobody)
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // so that the connection can be used again
	switch response.StatusCode {
	case http.StatusAccepted:
		return response.StatusCode, nil
	case http.StatusForbidden:
		return response.StatusCode, fmt.Errorf("%w: it refuses the request; the clock of this server is wrong by more than two minutes, or the secret of the pairing is lost: then pair the workspace again", errNobody)
	case http.StatusNotFound, http.StatusGone:
		return response.StatusCode, fmt.Errorf("%w: it is not there any more (%d)", errNobody, response.StatusCode)
	}
	return response.StatusCode, fmt.Errorf("%w: its web trigger answers %d", errNobody, response.StatusCode)
}
