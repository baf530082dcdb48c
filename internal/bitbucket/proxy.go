package bitbucket

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// ProxyPort is where the pipelines' auth proxy listens (Bitbucket Cloud documentation, "Code Insights").
const ProxyPort = "29418"

// probeTimeout bounds the dial to one candidate.
const probeTimeout = 1500 * time.Millisecond

// ProxyCandidates lists where the auth proxy may be, the likeliest first. get reads an environment variable.
//
// A step's own container reaches it at localhost, a pipe's container at host.docker.internal; which of the two this is
// can only be guessed from the variables of pipes, so the other one follows. $BITBUCKET_DOCKER_HOST_INTERNAL is the
// address of host.docker.internal where that name does not resolve.
func ProxyCandidates(get func(string) string) []string {
	hosts := []string{"localhost", "host.docker.internal"}
	inPipe := get("BITBUCKET_PIPE_STORAGE_DIR") != "" || get("BITBUCKET_PIPE_SHARED_STORAGE_DIR") != "" ||
		strings.Contains(get("DOCKER_HOST"), "host.docker.internal")
	if inPipe {
		hosts[0], hosts[1] = hosts[1], hosts[0]
	}
	if ip := strings.TrimSpace(get("BITBUCKET_DOCKER_HOST_INTERNAL")); ip != "" {
		hosts = append(hosts, ip)
	}
	urls := make([]string, len(hosts))
	for i, host := range hosts {
		urls[i] = "http://" + net.JoinHostPort(host, ProxyPort)
	}
	return urls
}

// Dial opens a connection, as net.Dialer.DialContext does.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// FindProxy gives the first candidate that takes a connection. dial nil means the network. The error names all that
// were tried.
func FindProxy(ctx context.Context, candidates []string, dial Dial) (string, error) {
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	tried := make([]string, 0, len(candidates))
	for _, candidate := range candidates {
		u, err := url.Parse(candidate)
		if err != nil {
			return "", fmt.Errorf("%q is not an address: %w", candidate, err)
		}
		probe, cancel := context.WithTimeout(ctx, probeTimeout)
		conn, err := dial(probe, "tcp", u.Host)
		cancel()
		if err == nil {
			_ = conn.Close()
			return candidate, nil
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		tried = append(tried, u.Host)
	}
	return "", fmt.Errorf("no auth proxy answers at %s: %w; set PROXY_URL to its address, or give credentials (BITBUCKET_ACCESS_TOKEN)",
		strings.Join(tried, ", "), ErrUnreachable)
}
