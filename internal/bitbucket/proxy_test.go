package bitbucket_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/bitbucket"
)

func TestProxyCandidates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		want []string
	}{
		"step":                 {nil, []string{"http://localhost:29418", "http://host.docker.internal:29418"}},
		"pipe":                 {map[string]string{"BITBUCKET_PIPE_STORAGE_DIR": "/x"}, []string{"http://host.docker.internal:29418", "http://localhost:29418"}},
		"pipe, shared folder":  {map[string]string{"BITBUCKET_PIPE_SHARED_STORAGE_DIR": "/x"}, []string{"http://host.docker.internal:29418", "http://localhost:29418"}},
		"pipe, docker host":    {map[string]string{"DOCKER_HOST": "tcp://host.docker.internal:2375"}, []string{"http://host.docker.internal:29418", "http://localhost:29418"}},
		"address of the host":  {map[string]string{"BITBUCKET_DOCKER_HOST_INTERNAL": "10.39.1.2"}, []string{"http://localhost:29418", "http://host.docker.internal:29418", "http://10.39.1.2:29418"}},
		"address, version six": {map[string]string{"BITBUCKET_DOCKER_HOST_INTERNAL": "fd00::1"}, []string{"http://localhost:29418", "http://host.docker.internal:29418", "http://[fd00::1]:29418"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, bitbucket.ProxyCandidates(func(name string) string { return c.env[name] }))
		})
	}
}

func TestFindProxy(t *testing.T) {
	t.Parallel()
	var tried []string
	open := ""
	dial := func(_ context.Context, _, address string) (net.Conn, error) {
		tried = append(tried, address)
		if address != open {
			return nil, errors.New("refused")
		}
		one, other := net.Pipe()
		_ = other.Close()
		return one, nil
	}
	candidates := []string{"http://localhost:29418", "http://host.docker.internal:29418"}
	open = "host.docker.internal:29418"
	found, err := bitbucket.FindProxy(t.Context(), candidates, dial)
	require.NoError(t, err)
	require.Equal(t, "http://host.docker.internal:29418", found)
	require.Equal(t, []string{"localhost:29418", "host.docker.internal:29418"}, tried)

	open = ""
	_, err = bitbucket.FindProxy(t.Context(), candidates, dial)
	require.ErrorIs(t, err, bitbucket.ErrUnreachable)
	require.ErrorContains(t, err, "localhost:29418, host.docker.internal:29418")
	require.ErrorContains(t, err, "set PROXY_URL")
}
