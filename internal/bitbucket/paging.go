package bitbucket

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// CloudPageLength is the largest page size of Cloud.
const CloudPageLength = 100

// Pages reads a list of Cloud (pages linked by "next") or Data Center ("nextPageStart") page by page and passes each
// value to visit. It stops after maxPages, so that a server with an endless list cannot block the caller. On Data Center,
// query may set the limit of a page; 100 otherwise.
func (c *Client) Pages(ctx context.Context, path string, query url.Values, maxPages int, visit func(json.RawMessage) error) error {
	query = cloneValues(query)
	if c.product == DataCenter {
		return c.dataCenterPages(ctx, path, query, maxPages, visit)
	}
	query.Set("pagelen", strconv.Itoa(CloudPageLength))
	address := c.base + path + "?" + query.Encode()
	for range maxPages {
		var page struct {
			Values []json.RawMessage `json:"values"`
			Next   string            `json:"next"`
		}
		if err := c.do(ctx, Request{Method: http.MethodGet, Out: &page}, address, path); err != nil {
			return err
		}
		for _, value := range page.Values {
			if err := visit(value); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		next, err := c.sameHost(page.Next)
		if err != nil {
			return fmt.Errorf("GET %s: %w", path, err)
		}
		address = next
	}
	return fmt.Errorf("GET %s: the list has more than %d pages and was read no further", path, maxPages)
}

// sameHost returns a "next" link with the scheme of this client: through the auth proxy the link comes as https, which
// the proxy cannot serve. It refuses a link to another host, because that host would receive the credentials.
func (c *Client) sameHost(next string) (string, error) {
	base, err := url.Parse(c.base)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(next)
	if err != nil {
		return "", fmt.Errorf("the link to the next page is not an address: %w", err)
	}
	if u.Host != base.Host || u.User != nil {
		return "", fmt.Errorf("the link to the next page leads to %q instead of %q and is not followed", u.Host, base.Host)
	}
	u.Scheme = base.Scheme
	return u.String(), nil
}

func (c *Client) dataCenterPages(ctx context.Context, path string, query url.Values, maxPages int, visit func(json.RawMessage) error) error {
	if query.Get("limit") == "" {
		query.Set("limit", "100")
	}
	start := 0
	for range maxPages {
		var page struct {
			Values        []json.RawMessage `json:"values"`
			IsLastPage    *bool             `json:"isLastPage"`
			NextPageStart *int              `json:"nextPageStart"`
		}
		if err := c.Do(ctx, Request{Method: http.MethodGet, Path: path, Query: query, Out: &page}); err != nil {
			return err
		}
		for _, value := range page.Values {
			if err := visit(value); err != nil {
				return err
			}
		}
		if page.NextPageStart == nil || page.IsLastPage == nil || *page.IsLastPage {
			return nil
		}
		if *page.NextPageStart <= start {
			return fmt.Errorf("GET %s: the page after row %d begins at row %d; the list was read no further", path, start, *page.NextPageStart)
		}
		start = *page.NextPageStart
		query.Set("start", strconv.Itoa(start))
	}
	return fmt.Errorf("GET %s: the list has more than %d pages and was read no further", path, maxPages)
}

func cloneValues(v url.Values) url.Values {
	out := url.Values{}
	for key, values := range v {
		out[key] = append([]string(nil), values...)
	}
	return out
}
