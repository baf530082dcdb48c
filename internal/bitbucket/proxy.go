package bitbucket

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// ProxyPort is the port of the auth proxy of Pipelines (Bitbucket Cloud documentation, "Code Insights").
const ProxyPort = "29418"

// probeTimeout limits the connection attempt to one candidate.
const probeTimeout = 1500 * time.Millisecond

// ProxyCandidates lists the possible addresses of the auth proxy, the most likely first. get reads an environment
// variable.
//
// The container of a step reaches the proxy at localhost, the container of a pipe at host.docker.internal. The variables
// of pipes only hint at which of the two this is, so the other address follows as a fallback.
// $BITBUCKET_DOCKER_HOST_INTERNAL is the address of host.docker.internal for containers in which that name does not
// resolve.
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

// FindProxy returns the first candidate that accepts a connection. A nil dial means the network. The error names every
// address that was tried.
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
