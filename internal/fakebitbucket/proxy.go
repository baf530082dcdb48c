package fakebitbucket

import (
	"net/http"
	"strings"
)

const (
	apiHost  = "api.bitbucket.org"
	authHost = "bitbucket.org"
)

func realHost(host string) bool { return host == apiHost || host == authHost }

// ProxyHandler is only the authorising proxy: it refuses every request that is not addressed to it as a proxy.
func (s *Server) ProxyHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(r, proxied).deliver(w) })
}

// refuseProxied answers requests that the proxy does not let through. Its refusals come before any fault, because
// nothing behind the proxy can change them.
func refuseProxied(c *call) (Answer, bool) {
	host, port := c.URL.Hostname(), c.URL.Port()
	switch {
	case methodOf(c.Request) == http.MethodConnect:
		a := textAnswer(http.StatusMethodNotAllowed, "This proxy opens no tunnels: use http:// instead of https://.")
		a.Header.Set("Connection", "close")
		return a, true
	case !c.URL.IsAbs():
		return textAnswer(http.StatusBadRequest, "This is a proxy: send the absolute form of the URL."), true
	case c.URL.Scheme != "http":
		return textAnswer(http.StatusBadRequest, "This proxy serves http:// only."), true
	case !realHost(host) || port != "" && port != "80":
		return textAnswer(http.StatusForbidden, "This proxy serves "+apiHost+" and "+authHost+" only."), true
	case c.Header.Get("Authorization") != "":
		return textAnswer(http.StatusBadRequest, "This proxy authorises requests by itself: send no Authorization header."), true
	case !covered(c.route):
		return envelope(http.StatusForbidden, "Access denied", "The pipelines proxy gives no access to this resource."), true
	}
	return Answer{}, false
}

// covered reports whether the proxy authorises the route. Unknown paths go through and get 404.
func covered(r route) bool {
	return KindReport.Covers(r.kind) || KindAnnotation.Covers(r.kind) || r.kind == KindUnknown
}

// redirectToHTTPS is the answer of the real hosts to plain http without the proxy.
func redirectToHTTPS(c *call) Answer {
	target := *c.URL
	target.Scheme = "https"
	target.Host = strings.TrimSuffix(target.Host, ":80")
	a := emptyAnswer(http.StatusMovedPermanently)
	a.Header.Set("Location", target.String())
	return a
}
