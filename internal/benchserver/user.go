package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// user is a browser with its own session and cache. It belongs to one goroutine.
type user struct {
	url    string
	client map[string]*http.Client
}

// newUser signs in as each account.
func newUser(ctx context.Context, address string) (*user, error) {
	u := &user{address, map[string]*http.Client{}}
	for _, as := range []string{admin, developer} {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return nil, err
		}
		u.client[as] = &http.Client{Jar: jar}
		form := url.Values{"name": {as}, "password": {password}}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/sign-in", strings.NewReader(form.Encode()))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response, err := u.client[as].Do(r)
		if err != nil {
			return nil, err
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("sign in as %s: %s", as, response.Status)
		}
	}
	return u, nil
}

// seen is what one click has shown.
type seen struct {
	took time.Duration
	// bytes is the size of the answer, unpacked. requests counts the page and the files that it needs.
	bytes, requests int
}

// files are what a page makes a browser load.
var files = regexp.MustCompile(`(?:<link[^>]* href|<script[^>]* src|<img[^>]* src)="([^"]+)"`)

// open opens a page or makes a call, and reads it whole.
func (u *user) open(ctx context.Context, c click) (seen, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.url+c.path, nil)
	if err != nil {
		return seen{}, err
	}
	if strings.HasPrefix(c.path, "/rest/") {
		r.SetBasicAuth(c.as, password)
	}
	started := time.Now()
	response, err := u.client[c.as].Do(r)
	if err != nil {
		return seen{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	s := seen{took: time.Since(started), bytes: len(text), requests: 1}
	if want := c.status(); response.StatusCode != want {
		return s, fmt.Errorf("%s: %s instead of %d", c.path, response.Status, want)
	}
	if none := strings.Contains(string(text), nothing); none != c.none() {
		return s, fmt.Errorf("%s: \"%s\" is shown: %t; the measure would be of another page", c.path, nothing, none)
	}
	distinct := map[string]bool{}
	for _, found := range files.FindAllSubmatch(text, -1) {
		distinct[string(found[1])] = true
	}
	s.requests += len(distinct)
	return s, err
}

// nothing is what a list says that has no rows for its filters.
const nothing = "Nothing here matches."

// none is true for a click whose filters nothing matches.
func (c *click) none() bool { return strings.HasPrefix(c.name, noMatch) }

// status is the status that a click has.
func (c *click) status() int {
	if c.name == "not found" || c.name == floor {
		return http.StatusNotFound
	}
	return http.StatusOK
}
