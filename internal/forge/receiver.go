package forge

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/handover"
	"github.com/sluice-scan/sluice/internal/store/installations"
)

// Path is the beginning of the paths that the app calls, below the base path of the server.
const Path = "/forge/v1/"

const (
	// maxBody limits the body of a call: Forge sends at most five megabytes.
	maxBody = 5 << 20
	// maxCredential limits a credential, in bytes.
	maxCredential = 8 << 10
	// heardTime limits how long an answer takes; Forge waits for five seconds.
	heardTime = 4 * time.Second
	// credentialHeader has the credential that Atlassian adds
	// (https://developer.atlassian.com/platform/forge/remote/calling-product-apis/).
	credentialHeader = "X-Forge-OAuth-System"
)

// Receiver answers the app. It is safe for concurrent use.
type Receiver struct {
	App      *App
	Verifier *Verifier
	// Hash makes the hash of a pairing code, with a key of the server.
	Hash func(text string) string
	// Hear takes what an event said about a workspace. delivery is the same for a repeated event.
	Hear func(ctx context.Context, workspace, delivery string, e *Event) error
	// Record writes what the app did to the audit log.
	Record func(ctx context.Context, action, object, detail string) error
}

// answer is what a call is answered: a status and a JSON body.
type answer struct {
	status int
	body   any
}

func problem(status int, text string) answer {
	return answer{status, map[string]string{"error": text}}
}

var accepted = answer{http.StatusOK, map[string]bool{"accepted": true}}

// ServeHTTP implements http.Handler. 401 means only that the invocation token is not valid: Forge takes it for that.
func (s *Receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := s.answer(w, r)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // the caller may be gone
}

func (s *Receiver) answer(w http.ResponseWriter, r *http.Request) answer {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return problem(http.StatusMethodNotAllowed, "use POST")
	}
	_, path, _ := strings.Cut(r.URL.Path, Path)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return problem(http.StatusRequestEntityTooLarge, "the body is too large")
	case err != nil:
		return problem(http.StatusBadRequest, "the body could not be read")
	}
	ctx, cancel := context.WithTimeout(r.Context(), heardTime)
	defer cancel()
	token, a := s.caller(ctx, r)
	if a.status != 0 {
		return a
	}
	if id, ok := strings.CutPrefix(path, "exchange/"); ok {
		return s.exchange(ctx, &token, id, r.Header.Values(credentialHeader))
	}
	switch path {
	case "events":
		return s.event(ctx, &token, body)
	case "uninstall":
		return s.uninstall(ctx, &token)
	case "pairing-code":
		return s.pairingCode(ctx, &token, body)
	}
	return problem(http.StatusNotFound, "there is nothing at this path")
}

// caller checks who calls, once for each token.
func (s *Receiver) caller(ctx context.Context, r *http.Request) (token Token, a answer) {
	headers := r.Header.Values("Authorization")
	text := ""
	if len(headers) == 1 {
		text, _ = strings.CutPrefix(headers[0], "Bearer ")
	}
	token, err := s.Verifier.Verify(ctx, text)
	switch {
	case errors.Is(err, ErrToken):
		s.App.Log.Warn("a call in the name of the Forge app was refused", "reason", err)
		return token, problem(http.StatusUnauthorized, "the invocation token is not valid")
	case err != nil:
		s.App.Log.Error("a call of the Forge app could not be checked", "error", err)
		return token, problem(http.StatusServiceUnavailable, "the invocation token cannot be checked now")
	}
	fresh, err := s.App.Store.Use(ctx, token.ID, token.Expires.Add(leeway))
	switch {
	case err != nil:
		return token, s.failed("use an invocation token", err)
	case !fresh:
		return token, problem(http.StatusUnauthorized, "the invocation token was used before")
	}
	return token, answer{}
}

func (s *Receiver) failed(what string, err error) answer {
	s.App.Log.Error("a call of the Forge app failed", "step", what, "error", err)
	return problem(http.StatusServiceUnavailable, "the server cannot answer now")
}

// see registers the installation of a call.
func (s *Receiver) see(ctx context.Context, t *Token, installer string) (i installations.Installation, a answer) {
	i, err := s.App.Store.See(ctx, &installations.Installation{ID: t.Installation, Workspace: t.Workspace, Environment: t.Environment, Installer: installer})
	switch {
	case errors.Is(err, installations.ErrFull):
		s.App.Log.Warn("an installation of the Forge app was not registered: too many wait for pairing")
		return i, problem(http.StatusNotFound, "the installation is not known here")
	case err != nil:
		return i, s.failed("register an installation", err)
	}
	return i, answer{}
}

// active answers 404 for an installation that is not paired.
func (s *Receiver) active(ctx context.Context, t *Token) answer {
	i, a := s.see(ctx, t, "")
	if a.status == 0 && i.State != installations.Active {
		return problem(http.StatusNotFound, "the installation is not paired")
	}
	return a
}

func (s *Receiver) event(ctx context.Context, t *Token, body []byte) answer {
	e, err := ParseEvent(body, t.Workspace)
	if err != nil {
		s.App.Log.Warn("an event of the Forge app could not be read; the next listing finds what it is about")
		return accepted
	}
	if e.Kind == eventInstalled || e.Kind == eventUpgraded {
		if _, a := s.see(ctx, t, e.Installer); a.status != 0 {
			return a
		}
		return accepted
	}
	if a := s.active(ctx, t); a.status != 0 {
		return a
	}
	if e.Nothing {
		return accepted
	}
	if err := s.Hear(ctx, t.Workspace, deliveryOf(t, body), &e); err != nil {
		return s.failed("hear an event", err)
	}
	return accepted
}

func (s *Receiver) uninstall(ctx context.Context, t *Token) answer {
	done, err := s.App.Store.Deactivate(ctx, t.Installation, "the app was uninstalled: install it again, and pair the workspace with a new code")
	if err != nil {
		return s.failed("deactivate an installation", err)
	}
	if done {
		s.App.Log.Warn("the Forge app was uninstalled", "workspace", t.Workspace)
		if err := s.Record(ctx, "forge.uninstalled", t.Workspace, ""); err != nil {
			return s.failed("record an uninstall", err)
		}
	}
	return accepted
}

// pairingCode gives the app a new code and a new secret. That the person administers the workspace is the app's word: a
// call of a function has no principal.
func (s *Receiver) pairingCode(ctx context.Context, t *Token, body []byte) answer {
	var b struct {
		AccountID  string `json:"accountId"`
		WebTrigger string `json:"webtrigger"`
	}
	if err := json.Unmarshal(body, &b); err != nil || len(b.AccountID) > maxName {
		return problem(http.StatusBadRequest, "the body is not that of a request for a pairing code")
	}
	if t.Principal != "" && t.Principal != b.AccountID {
		return problem(http.StatusForbidden, "another account calls")
	}
	if err := checkTrigger(b.WebTrigger); err != nil {
		return problem(http.StatusBadRequest, err.Error())
	}
	i, a := s.see(ctx, t, b.AccountID)
	if a.status != 0 {
		return a
	}
	code, secret := newCode(), rand.Text()+rand.Text()
	clean, _ := ParseCode(code)
	err := s.App.Store.NewCode(ctx, i.ID, s.Hash(codeText(clean)), s.App.Box.Seal(secret, installations.SecretPlace(i.ID)), b.WebTrigger)
	switch {
	case errors.Is(err, installations.ErrPaired):
		return problem(http.StatusConflict, err.Error())
	case errors.Is(err, installations.ErrTooMany):
		return problem(http.StatusTooManyRequests, err.Error())
	case err != nil:
		return s.failed("make a pairing code", err)
	}
	if err := s.Record(ctx, "forge.code.made", t.Workspace, "for the Atlassian account "+b.AccountID); err != nil {
		return s.failed("record a pairing code", err)
	}
	return answer{http.StatusOK, map[string]any{"code": code, "secret": secret, "minutes": int(installations.CodeLife.Minutes())}}
}

// codeText is what is hashed of a code, so that no other text of the server has the same hash.
func codeText(code string) string { return "forge pairing code " + code }

// CodeHash returns the hash under which a code is stored; hash is that of the server. ok is false if the text is no code.
func CodeHash(hash func(text string) string, text string) (hashed string, ok bool) {
	code, ok := ParseCode(text)
	if !ok {
		return "", false
	}
	return hash(codeText(code)), true
}

// exchange seals the credential that came with a call for the node that asked.
func (s *Receiver) exchange(ctx context.Context, t *Token, id string, credentials []string) answer {
	if a := s.active(ctx, t); a.status != 0 {
		return a
	}
	if len(credentials) != 1 || credentials[0] == "" || len(credentials[0]) > maxCredential || strings.ContainsFunc(credentials[0], func(r rune) bool { return r <= ' ' || r > '~' }) {
		return problem(http.StatusBadRequest, fmt.Sprintf("the call needs one header %s with a credential", credentialHeader))
	}
	err := s.App.Desk.Fill(ctx, id, t.Installation, []byte(credentials[0]))
	switch {
	case errors.Is(err, handover.ErrNoRequest):
		return problem(http.StatusNotFound, "there is no such request, or it has expired")
	case err != nil:
		return s.failed("hand over a credential", err)
	}
	return accepted
}
