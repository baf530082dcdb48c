package dashboard_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// news sends to channels, all or none.
type news struct{ problem error }

func (n news) TestChannel(context.Context, int64) error { return n.problem }

// TestChannelsOnAPage: add, test, switch, remove; the secret of a webhook is shown once, its address never.
func TestChannelsOnAPage(t *testing.T) {
	t.Parallel()
	databases(t, testChannelsOnAPage)
}

func testChannelsOnAPage(t *testing.T, address string) {
	sends := &news{}
	s := newServiceOn(t, address, "", testdashboard.Projects, func(o *testdashboard.Options) { o.News = sends })
	b := s.browser("admin")
	const path = "/settings/notifications/channels"
	require.Contains(t, b.get("/settings/notifications").text, "There are no channels yet.")
	a := b.post(path, url.Values{"name": {" "}, "kind": {"pager"}, "target": {"ftp://canary"}, "scope": {"NONE"}, "news": {"all"}})
	require.Equal(t, http.StatusBadRequest, a.status)
	for _, words := range []string{"it must have from 1 to 100 bytes", "it must be webhook, slack or mail", "it must be an address such as", "there is no project NONE", "it must be ended, changed or failed"} {
		require.Contains(t, a.text, words)
	}
	a = b.post(path, url.Values{"name": {"team"}, "kind": {"webhook"}, "target": {"https://canary.example.com/hook"}, "scope": {"pay/API"}, "news": {"failed"}})
	require.Equal(t, http.StatusOK, a.status)
	secret := regexp.MustCompile(`<p class="once">([A-Z2-7]{40,})</p>`).FindStringSubmatch(a.text)
	require.NotNil(t, secret)
	said := strings.ReplaceAll(a.text, secret[1], "")
	require.Contains(t, b.post(path, url.Values{"name": {"team"}, "kind": {"slack"}, "target": {"https://canary.example.com/hook"}, "news": {"failed"}}).text, "there is already a channel with that name")
	a = b.followed(b.post(path, url.Values{"name": {"mail"}, "kind": {"mail"}, "target": {"canary@example.com"}, "news": {"ended"}}))
	for _, words := range []string{"The channel is added.", `<th scope="row">team</th>`, "PAY/api</td>", "Errors</td>", "Every finished scan</td>"} {
		require.Contains(t, a.text, words)
	}
	said += a.text
	_, list := s.rest("admin", "/channels")
	values := list["values"].([]any)
	require.Len(t, values, 2)
	team := values[1].(map[string]any)
	id := team["id"].(string)
	require.Equal(t, []any{"team", "webhook", "PAY/api", "failed", true, true}, []any{team["name"], team["kind"], team["scope"], team["news"], team["enabled"], team["signed"]})

	require.Contains(t, b.post(path+"/test", url.Values{"channel": {id}}).text, "A message went to team.")
	sends.problem = errors.New("chat.example.com answers 403 Forbidden")
	a = b.post(path+"/test", url.Values{"channel": {id}})
	require.Equal(t, http.StatusBadGateway, a.status)
	require.Contains(t, a.text, "chat.example.com answers 403 Forbidden")
	require.Contains(t, b.followed(b.post(path+"/switch", url.Values{"channel": {id}})).text, "off</span>")
	require.Contains(t, b.followed(b.post(path+"/remove", url.Values{"channel": {id}})).text, "The channel is removed.")
	for _, way := range []string{"/test", "/switch", "/remove"} {
		require.Equal(t, http.StatusBadRequest, b.post(path+way, url.Values{"channel": {id}}).status)
	}
	grantee := s.browser("grantee").get("/settings/notifications").text
	require.NotContains(t, grantee, "Channels</h2>")
	log := strings.Join(s.audited(), "\n")
	for _, words := range []string{"admin POST /channels  team webhook scope=PAY/api", "admin POST /channels/{channelId}/test " + id, "admin PUT /channels/{channelId} " + id + " team off", "admin DELETE /channels/{channelId} " + id} {
		require.Contains(t, log, words)
	}
	require.NotContains(t, log+said, "canary")
	require.NotContains(t, log, secret[1])
}
