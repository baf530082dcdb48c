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
	// The time limits of the calls: a user waits for the push.
	settingsTime = 5 * time.Second
	reviewedTime = 5 * time.Second
	// reportTime limits a whole report, over all its calls.
	reportTime = 3 * time.Second
	// maxAnswer limits a response in bytes: about ten thousand rules.
	maxAnswer = 4 << 20
	// maxReason limits, in columns, how much of the server's message is shown.
	maxReason = 200
)

// call makes one call about a repository and decodes the response into value, which may be nil. Its errors name the
// server, what happened and what to do. They never contain the token, whatever the server sent.
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

// hidden makes text from the server safe to show. It may contain the token, even in pieces that join once they are
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
	// A redirect is not followed: the token is only for the server that the administrator named.
	client := &http.Client{Transport: s.HTTP, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	var failed *url.Error
	if errors.As(err, &failed) {
		// The caller adds the address.
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
		return errors.New("a web page came instead of the server's answer: a proxy or a login page answered, or the address belongs to another server")
	}
	if json.Unmarshal(data, into) != nil {
		// The parse error would quote the response.
		return errors.New("the answer is not the JSON that is expected: another version of the server may answer there")
	}
	return nil
}

// refusal explains an unsuccessful response.
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
