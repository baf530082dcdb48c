package hooks

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/scan"
)

const (
	// maxEvents limits the entries of one report. maxEventWords limits the rules and the places of one entry that are
	// recorded.
	maxEvents     = 1000
	maxEventWords = 20
)

// pushEvents are what the hook did with a push.
type pushEvents struct {
	Entries []pushEvent `json:"entries"`
}

// pushEvent is what the hook did with a commit, or with a whole push that it could not check. It has no field for a
// secret.
type pushEvent struct {
	Decision  string   `json:"decision,omitempty"`
	Refused   bool     `json:"refused,omitempty"`
	Pusher    string   `json:"pusher,omitempty"`
	Ref       string   `json:"ref,omitempty"`
	Commit    string   `json:"commit,omitempty"`
	Author    string   `json:"author,omitempty"`
	Committer string   `json:"committer,omitempty"`
	Findings  int      `json:"findings,omitempty"`
	Rules     []string `json:"rules,omitempty"`
	Places    []string `json:"places,omitempty"`
	Error     string   `json:"error,omitempty"`
}

// pushActions are the names of the decisions in the audit log.
var pushActions = map[string]string{"block": "push.blocked", "warn": "push.warned", "bypass": "push.bypassed", "error": "push.unchecked"}

var commitHash = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})?$`) })

func (s *Resource) pushEvents(c *api.Call) (*api.Reply, error) {
	var body pushEvents
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	bad := &api.Problems{}
	if len(body.Entries) == 0 || len(body.Entries) > maxEvents {
		bad.Add("entries", "there must be 1 to %d", maxEvents)
	}
	events := make([]audit.Event, 0, len(body.Entries))
	for i := range body.Entries {
		e := &body.Entries[i]
		if pushActions[e.Decision] == "" {
			bad.Add(fmt.Sprintf("entries[%d].decision", i), "it must be block, warn, bypass or error")
		}
		if !commitHash().MatchString(e.Commit) {
			bad.Add(fmt.Sprintf("entries[%d].commit", i), "it must be a full hash, or empty")
		}
		events = append(events, audit.Event{Actor: c.Account.Name, Action: pushActions[e.Decision], Object: c.PlaceName(), Detail: e.detail()})
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	c.Unrecorded()
	// The hook waits only for a few seconds and may be gone.
	ctx, cancel := c.AuditContext()
	defer cancel()
	if err := s.Trail.AddAll(ctx, events); err != nil {
		return nil, err
	}
	return api.Nothing()
}

// detail returns the event as one line. The git server named the pusher. The actor of the entry is the account whose
// token reported it.
func (e *pushEvent) detail() string {
	words := []string{"accepted"}
	if e.Refused {
		words[0] = "refused"
	}
	add := func(what string, texts ...string) {
		more := ""
		if len(texts) > maxEventWords {
			texts, more = texts[:maxEventWords], " …"
		}
		var list []string
		for _, text := range texts {
			if text != "" {
				list = append(list, quoted(text))
			}
		}
		if len(list) > 0 {
			words = append(words, what+" "+strings.Join(list, " ")+more)
		}
	}
	add("pushed by", e.Pusher)
	add("to", e.Ref)
	add("commit", e.Commit)
	add("author", e.Author)
	add("committer", e.Committer)
	if e.Findings > 0 {
		words = append(words, scan.Plural(e.Findings, "finding", "findings"))
	}
	add("by", e.Rules...)
	add("at", e.Places...)
	add("because", e.Error)
	return strings.Join(words, ", ")
}

var plainWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_./:@~+-]+$`) })

// quoted limits the length of a text, and quotes it if it contains anything but the characters of names. The author of a
// push chooses the text and must not be able to forge other words of the entry.
func quoted(text string) string {
	text = access.Shortened(text)
	if plainWord().MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}
