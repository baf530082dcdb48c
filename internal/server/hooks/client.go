package hooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/hookmode"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// clientRoutes are what a pre-receive hook calls about a push: which settings apply, which of the found texts are
// reviewed, and what the hook did. All need the same scope, so that a hook's token needs only one. With an account that
// may only read, the token can do nothing else.
func (s *Resource) clientRoutes() []api.Route {
	const path = "/hook/projects/{projectKey}/repos/{repoSlug}"
	return []api.Route{
		{
			Method: http.MethodGet, Path: path, Name: "getHookSettings",
			Needs: access.Reader, Scope: "scan",
			Summary: "Get everything that the hook needs to check pushes to a repository.",
			Gives:   api.Returns(pushWire{}),
			Handle:  s.pushSettings,
		},
		{
			Method: http.MethodPost, Path: path + "/reviewed", Name: "findReviewed",
			Needs: access.Reader, Scope: "scan",
			Summary: "Ask which texts are reviewed for the repository or for all repositories. The texts come as hashes, which the server does not keep.",
			Takes:   reviewedQuestion{}, Body: `{"key": "32 random bytes in base64, new for each call", "hashes": ["the HMAC-SHA256 of a text under that key, in hex"]}`,
			Gives:  api.Returns(reviewedAnswer{}),
			Handle: s.pushReviewed,
		},
		{
			Method: http.MethodPost, Path: path + "/events", Name: "recordPush",
			Needs: access.Reader, Scope: "scan",
			Summary: "Record in the audit log what the hook did with a push.",
			Takes:   pushEvents{}, Body: `{"entries": [{"decision": "block, warn, bypass or error", "refused": false, "pusher": "jdoe", "ref": "refs/heads/main", "commit": "a full hash", ` +
				`"author": "", "committer": "", "findings": 1, "rules": ["GITHUB_CLASSIC_PAT"], "places": ["app.env:2"], "error": ""}]}`,
			Gives:  api.ReturnsNothing(),
			Handle: s.pushEvents,
		},
	}
}

type pushWire struct {
	Enabled         bool            `json:"enabled"`
	Mode            string          `json:"mode" doc:"block or warn."`
	Source          hookmode.Source `json:"source"`
	Bypass          bool            `json:"bypass" doc:"Whether the message of a commit can skip its check."`
	Rules           []pushRule      `json:"rules" doc:"Enabled rules of your own."`
	DisabledRules   []string        `json:"disabledRules" doc:"Disabled built-in rules."`
	RepositoryRules bool            `json:"repositoryRules" doc:"Whether the configuration on the default branch counts."`
}

type pushRule struct {
	RuleName string `json:"ruleName" doc:"The name that findings have."`
	Name     string `json:"name"`
	Regexp   string `json:"regexp"`
	Blocking bool   `json:"blocking"`
}

// reviewedQuestion asks which of some texts are reviewed. Key is new for each question. Hashes are the HMAC-SHA256 of
// the texts under the key, in hex.
type reviewedQuestion struct {
	Key    []byte   `json:"key" doc:"32 random bytes, new for each call."`
	Hashes []string `json:"hashes" doc:"The HMAC-SHA256 of each text under the key, in hex."`
}

// reviewedAnswer lists the hashes of reviewed texts.
type reviewedAnswer struct {
	Reviewed []string `json:"reviewed"`
}

func (s *Resource) pushSettings(c *api.Call) (*api.Reply, error) {
	e, _, err := s.hook(c)
	if err != nil {
		return nil, err
	}
	w := pushWire{Enabled: e.Enabled, Mode: "block", Source: e.Source, Rules: []pushRule{}, DisabledRules: []string{}}
	if e.Warn {
		w.Mode = "warn"
	}
	if w.Bypass, err = s.Settings.Bool(c.Context(), settings.HookBypass); err != nil {
		return nil, err
	}
	set, err := s.Policy.RuleSet(c.Context())
	if err != nil {
		return nil, err
	}
	for _, r := range set.Rules {
		w.Rules = append(w.Rules, pushRule{r.DetectorID, r.Name, r.Regexp, r.Blocking})
	}
	w.DisabledRules, w.RepositoryRules = append(w.DisabledRules, set.Disabled...), set.RepositoryRules
	return api.OK(w)
}

const (
	// pushKey is the length of the key of a question, in bytes. maxHashes limits how many texts one question has.
	pushKey   = 32
	maxHashes = 1000
)

// pushReviewed reveals neither a key of the server nor a hash that somebody could attack offline, because the caller
// chooses the key of the question.
func (s *Resource) pushReviewed(c *api.Call) (*api.Reply, error) {
	var body reviewedQuestion
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	bad := &api.Problems{}
	if len(body.Key) != pushKey {
		bad.Add("key", "it must be %d bytes in base64", pushKey)
	}
	if len(body.Hashes) == 0 || len(body.Hashes) > maxHashes {
		bad.Add("hashes", "there must be 1 to %d", maxHashes)
	}
	asked := map[string]bool{}
	for _, hash := range body.Hashes {
		if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
			bad.Add("hashes", "each must be 64 hex digits")
			break
		}
		asked[hash] = true
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	// The call changes nothing and is not worth an entry in the audit log.
	c.Unrecorded()
	reviewed := []string{}
	err := s.Reviewed.EachText(c.Context(), c.Repository.ID, func(text string) error {
		mac := hmac.New(sha256.New, body.Key)
		_, _ = mac.Write([]byte(text)) // a hash never fails
		if hash := hex.EncodeToString(mac.Sum(nil)); asked[hash] {
			asked[hash] = false
			reviewed = append(reviewed, hash)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return api.OK(reviewedAnswer{reviewed})
}
