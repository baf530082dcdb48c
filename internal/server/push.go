package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// pushRoutes are what a pre-receive hook calls about a push: what holds, which of the texts that it found are reviewed, and what
// it did. All need the same scope, so that its token has one word; with an account that may only read, the token can do nothing
// else with it.
func (s *Server) pushRoutes() []route {
	const path = "/hook/projects/{projectKey}/repos/{repoSlug}"
	return []route{
		{
			method: http.MethodGet, path: path, name: "getHookSettings",
			needs: reader, scope: "scan",
			summary: "Get everything that the hook needs to check pushes to a repository.",
			gives:   returns(pushWire{}),
			handle:  (*call).pushSettings,
		},
		{
			method: http.MethodPost, path: path + "/reviewed", name: "findReviewed",
			needs: reader, scope: "scan",
			summary: "Ask which texts are reviewed for the repository or for all repositories. The texts come as hashes, which the server does not keep.",
			takes:   reviewedQuestion{}, body: `{"key": "32 random bytes in base64, new for each call", "hashes": ["the HMAC-SHA256 of a text under that key, in hex"]}`,
			gives:  returns(reviewedAnswer{}),
			handle: (*call).pushReviewed,
		},
		{
			method: http.MethodPost, path: path + "/events", name: "recordPush",
			needs: reader, scope: "scan",
			summary: "Record in the audit log what the hook did with a push.",
			takes:   pushEvents{}, body: `{"entries": [{"decision": "block, warn, bypass or error", "refused": false, "pusher": "jdoe", "ref": "refs/heads/main", "commit": "a full hash", ` +
				`"author": "", "committer": "", "findings": 1, "rules": ["GITHUB_CLASSIC_PAT"], "places": ["app.env:2"], "error": ""}]}`,
			gives:  nothingBack(),
			handle: (*call).pushEvents,
		},
	}
}

type pushWire struct {
	Enabled         bool       `json:"enabled"`
	Mode            string     `json:"mode" doc:"block or warn."`
	Source          hookSource `json:"source"`
	Bypass          bool       `json:"bypass" doc:"Whether the message of a commit can skip its check."`
	Rules           []pushRule `json:"rules" doc:"Enabled rules of your own."`
	DisabledRules   []string   `json:"disabledRules" doc:"Disabled built-in rules."`
	RepositoryRules bool       `json:"repositoryRules" doc:"Whether the configuration on the default branch counts."`
}

type pushRule struct {
	RuleName string `json:"ruleName" doc:"The name that findings have."`
	Name     string `json:"name"`
	Regexp   string `json:"regexp"`
	Blocking bool   `json:"blocking"`
}

// reviewedQuestion asks which of some texts are reviewed. Key is new for each question; Hashes are the HMAC-SHA256 of the texts under
// it, in hex.
type reviewedQuestion struct {
	Key    []byte   `json:"key" doc:"32 random bytes, new for each call."`
	Hashes []string `json:"hashes" doc:"The HMAC-SHA256 of each text under the key, in hex."`
}

// reviewedAnswer lists the hashes of reviewed texts.
type reviewedAnswer struct {
	Reviewed []string `json:"reviewed"`
}

func (c *call) pushSettings() (*reply, error) {
	e, _, err := c.hook(c.project, c.repository)
	if err != nil {
		return nil, err
	}
	w := pushWire{Enabled: e.enabled, Mode: "block", Source: e.source, Rules: []pushRule{}, DisabledRules: []string{}}
	if e.warn {
		w.Mode = "warn"
	}
	if w.Bypass, err = c.s.store.Settings.Bool(c.context(), settings.HookBypass); err != nil {
		return nil, err
	}
	set, err := c.s.store.Policy.RuleSet(c.context())
	if err != nil {
		return nil, err
	}
	for _, r := range set.Rules {
		w.Rules = append(w.Rules, pushRule{r.DetectorID, r.Name, r.Regexp, r.Blocking})
	}
	w.DisabledRules, w.RepositoryRules = append(w.DisabledRules, set.Disabled...), set.RepositoryRules
	return ok(w)
}

const (
	// pushKey is the length of the key of a question, in bytes; maxHashes bounds how many texts one asks about.
	pushKey   = 32
	maxHashes = 1000
)

// pushReviewed answers without giving away anything: neither a key of the server's, nor a hash that somebody could try guesses
// against where nobody sees it. The key of a question is the caller's own.
func (c *call) pushReviewed() (*reply, error) {
	keys, err := c.keys()
	if err != nil {
		return nil, err
	}
	var body reviewedQuestion
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	bad := &problems{}
	if len(body.Key) != pushKey {
		bad.add("key", "it must be %d bytes in base64", pushKey)
	}
	if len(body.Hashes) == 0 || len(body.Hashes) > maxHashes {
		bad.add("hashes", "there must be 1 to %d", maxHashes)
	}
	asked := map[string]bool{}
	for _, hash := range body.Hashes {
		if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
			bad.add("hashes", "each must be 64 hex digits")
			break
		}
		asked[hash] = true
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	// Nothing changes, and nothing that must be found again later is told.
	c.recorded = true
	reviewed := []string{}
	err = c.s.store.Reviews.EachThatCounts(c.context(), c.repository.ID, func(r *reviews.Review) error {
		text, err := r.Text(keys)
		if err != nil {
			return err
		}
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
	return ok(reviewedAnswer{reviewed})
}
