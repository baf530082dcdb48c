package verify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// sendable reports whether a text can be in a header: visible ASCII, as every token is.
func sendable(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// newRequest builds the call of a rule for one secret. Its error does not repeat the address.
func newRequest(ctx context.Context, v *rule.Verification, text, userAgent string) (*http.Request, error) {
	address, err := addressOf(v, text)
	if err != nil {
		return nil, err
	}
	request := &http.Request{
		Method: v.Method, URL: address, Host: address.Host, Header: make(http.Header),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set("Accept", "application/json")
	for name, value := range v.Headers {
		request.Header.Set(name, strings.ReplaceAll(value, rule.SecretPlace, text))
	}
	if v.Basic != "" {
		user, password, _ := strings.Cut(v.Basic, ":")
		request.SetBasicAuth(strings.ReplaceAll(user, rule.SecretPlace, text), strings.ReplaceAll(password, rule.SecretPlace, text))
	}
	if v.Body != "" {
		quoted, err := json.Marshal(text)
		if err != nil {
			return nil, errRequest
		}
		body := strings.ReplaceAll(v.Body, rule.SecretPlace, string(quoted[1:len(quoted)-1]))
		with, err := http.NewRequestWithContext(ctx, v.Method, "https://"+address.Host, strings.NewReader(body))
		if err != nil {
			return nil, errRequest
		}
		request.Body, request.GetBody, request.ContentLength = with.Body, with.GetBody, with.ContentLength
		if request.Header.Get("Content-Type") == "" {
			request.Header.Set("Content-Type", "application/json")
		}
	}
	return request.WithContext(ctx), nil
}

// addressOf puts the secret into the path or the query, and verifies that the host is still the rule's.
func addressOf(v *rule.Verification, text string) (*url.URL, error) {
	path, query, found := strings.Cut(v.URL, "?")
	raw := strings.ReplaceAll(path, rule.SecretPlace, url.PathEscape(text))
	if found {
		raw += "?" + strings.ReplaceAll(query, rule.SecretPlace, url.QueryEscape(text))
	}
	address, err := url.Parse(raw)
	if err != nil || address.Scheme != "https" || address.User != nil || address.Host == "" || address.Host != v.Host() {
		return nil, errRequest
	}
	return address, nil
}

// errRequest says that a rule and a secret do not make a valid call. It has no cause, because that would quote the
// address.
var errRequest = errors.New("the call cannot be built")
