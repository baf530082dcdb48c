package access

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Address returns where a call comes from: the peer of the connection, or the address that a trusted proxy names in
// X-Forwarded-For. proxies are the networks of the trusted proxies.
func Address(r *http.Request, proxies []netip.Prefix) string {
	host := peer(r)
	// The nearest proxies added the last addresses.
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		if !trusted(host, proxies) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		host = next.Unmap().WithZone("").String()
	}
	return host
}

// Encrypted reports whether the browser speaks TLS: with this server, or with a trusted proxy in front of it, which says so in
// X-Forwarded-Proto. proxies are the networks of the trusted proxies. Of several values the first counts: the outermost proxy set it.
func Encrypted(r *http.Request, proxies []netip.Prefix) bool {
	if r.TLS != nil {
		return true
	}
	scheme, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	return trusted(peer(r), proxies) && strings.EqualFold(strings.TrimSpace(scheme), "https")
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) string {
	if from, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return from.Addr().Unmap().String()
	}
	return r.RemoteAddr
}

// trusted reports whether an address is that of a trusted proxy.
func trusted(address string, proxies []netip.Prefix) bool {
	here, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(here) })
}

// ErrCrossSite says that a page of another site sent a change.
var ErrCrossSite = errors.New("XSRF check failed: the request comes from another site; programs send X-Atlassian-Token: no-check")

// CrossSite returns ErrCrossSite for a change that a page of another site makes a browser send. The header
// X-Atlassian-Token says that a program sends it: a browser lets a page set that header only for its own site.
func CrossSite(r *http.Request) error {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if check := r.Header.Get("X-Atlassian-Token"); check == "no-check" || check == "nocheck" {
		return nil
	}
	if http.NewCrossOriginProtection().Check(r) != nil || foreign(r) {
		return ErrCrossSite
	}
	return nil
}

// foreign reports whether the Referer of a request names another site. The header Sec-Fetch-Site, which only browsers
// set, takes precedence.
func foreign(r *http.Request) bool {
	referer := r.Header.Get("Referer")
	if site := r.Header.Get("Sec-Fetch-Site"); referer == "" || site == "same-origin" || site == "none" {
		return false
	}
	from, err := url.Parse(referer)
	return err != nil || !strings.EqualFold(from.Host, r.Host)
}
