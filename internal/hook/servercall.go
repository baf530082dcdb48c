package hook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/jsonstream"
)

const (
	// The time limits of the calls: somebody waits with his push.
	settingsTime = 5 * time.Second
	reviewedTime = 5 * time.Second
	// reportTime bounds a whole report, of however many calls.
	reportTime = 3 * time.Second
	// maxAnswer bounds an answer in bytes: some ten thousand rules.
	maxAnswer = 4 << 20
	// maxReason bounds what is shown of the server's own words, in columns.
	maxReason = 200
)

// call makes one call about a repository and reads the answer into a value, which is nil for none. Its errors name the server,
// what happened and what to do, and never hold the token, whatever the other side sent.
func (s *Server) call(ctx context.Context, limit time.Duration, method, repository, route string, body, into any) error {
	token, err := s.Token()
	if err != nil {
		return err
	}
	key, slug, err := split(repository)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
	defer cancel()
	address := strings.TrimRight(s.URL.String(), "/") + "/rest/security/latest/hook/projects/" + url.PathEscape(key) + "/repos/" + url.PathEscape(slug) + route
	if err := s.send(ctx, method, address, token, body, into); err != nil {
		text := err.Error()
		if cause := context.Cause(ctx); cause != nil {
			text = cause.Error()
		}
		return fmt.Errorf("%s: %s", s.URL.Host, hidden(text, token))
	}
	return nil
}

// hidden is a text of the other side, safe to show: it may hold the token, also in pieces that belong together once they are
// printed.
func hidden(text, token string) string {
	return strings.ReplaceAll(display.Line(text), token, "(the token)")
}

func (s *Server) send(ctx context.Context, method, address, token string, body, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = jsonstream.Line(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("User-Agent", s.Agent)
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	// A redirect is an answer: the token is for the server that the administrator has named.
	client := &http.Client{Transport: s.HTTP, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	var failed *url.Error
	if errors.As(err, &failed) {
		// Which address was called says the caller.
		return failed.Err
	}
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case response.StatusCode/100 != 2:
		return refusal(response, data, token)
	case into == nil:
		return nil
	case err != nil:
		return fmt.Errorf("the answer broke off: %w", err)
	case len(data) > maxAnswer:
		return fmt.Errorf("the answer is larger than %d MB", maxAnswer>>20)
	}
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind != "application/json" {
		return errors.New("a web page came instead of the server's answer: a proxy or a login page stands between, or the address is that of another server")
	}
	if json.Unmarshal(data, into) != nil {
		// What is wrong with it would quote it.
		return errors.New("the answer is not the JSON that is expected: another version of the server may answer there")
	}
	return nil
}

// refusal puts an answer that is no success into words.
func refusal(response *http.Response, data []byte, token string) error {
	var body struct {
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	reason := strings.ToLower(http.StatusText(response.StatusCode))
	if json.Unmarshal(data, &body) == nil && len(body.Errors) > 0 {
		reason = display.CutEnd(hidden(body.Errors[0].Message, token), maxReason)
	}
	advice := ""
	switch status := response.StatusCode; {
	case status/100 == 3:
		reason, advice = "it redirects", "name the address that it redirects to with --server"
	case status == http.StatusUnauthorized:
		advice = "check --token-file or SLUICE_TOKEN, or make another token"
	case status == http.StatusForbidden:
		advice = "make a token with the scope scan"
	case status == http.StatusNotFound:
		advice = "the server lists repositories every minute; the token's account needs READ; --repository names another one"
	}
	if advice != "" {
		reason += " (" + advice + ")"
	}
	return fmt.Errorf("answer %d: %s", response.StatusCode, reason)
}
