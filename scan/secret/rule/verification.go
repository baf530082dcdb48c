package rule

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// SecretPlace stands for the credential in the texts of a [Verification].
const SecretPlace = "{secret}"

// Verification says how the provider of a credential tells whether it still works: one harmless call that only reads,
// to a host that is written here, and the meaning of its answer.
type Verification struct {
	// Method is GET, or POST where the provider documents only that for reading.
	Method string `yaml:"method"`
	// URL begins with https:// and names a host that does not depend on the credential. SecretPlace may stand in its
	// path or query, where it is escaped.
	URL string `yaml:"url"`
	// Headers may have SecretPlace in their values.
	Headers map[string]string `yaml:"headers"`
	// Basic is "user:password" for basic authentication, with SecretPlace as one of them; empty means none.
	Basic string `yaml:"basic"`
	// Body is JSON, with SecretPlace escaped inside a string; empty means no body.
	Body string `yaml:"body"`
	// Each of the Active answers means that the credential works, each of the Revoked ones that it never will again. Every
	// other answer means nothing, and so does one that fits both. A refusal alone proves nothing when the same kind of
	// credential belongs to several regions, to servers of customers, or to calls from certain addresses.
	Active  []Answer `yaml:"active"`
	Revoked []Answer `yaml:"revoked"`

	whole func() *regexp.Regexp
}

// Answer is a kind of response. All of its conditions must hold.
type Answer struct {
	// Status lists the status codes. A redirect is never among them.
	Status []int `yaml:"status"`
	// JSON holds the values of fields of the body, by path ("result.status", "errors.0.code"). Values are written as in JSON,
	// texts without quotes; "*" is any value but null.
	JSON map[string]string `yaml:"json"`
	// Contains is text of the body; empty means any.
	Contains string `yaml:"contains"`
}

// VerificationsOf returns the verification of each rule that has one, by rule id. Call it with built-in rules only: a
// repository must not decide where secrets are sent.
func VerificationsOf(rules []Rule) (map[string]Verification, error) {
	found := make(map[string]Verification)
	var problems []error
	for i := range rules {
		r := &rules[i]
		if r.Verify == "" {
			continue
		}
		v, err := r.Verification()
		if err != nil {
			problems = append(problems, err)
			continue
		}
		v.whole = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^(?:" + r.Expression + ")$") })
		found[r.ID] = v
	}
	return found, errors.Join(problems...)
}

// Fits reports whether text is exactly what the rule's expression describes. A credential in an encoded form does not
// fit: the provider would refuse it, and the refusal would mean nothing.
func (v *Verification) Fits(text string) bool {
	return v.whole != nil && v.whole().MatchString(text)
}

// Host returns the host of the call.
func (v *Verification) Host() string {
	u, err := url.Parse(v.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// plainHost matches a host name without a port. An address does not match.
var plainHost = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$`) })

// Verification parses the rule's Verify. Unknown keys are errors. The error names every problem.
func (r *Rule) Verification() (Verification, error) {
	var v Verification
	decoder := yaml.NewDecoder(strings.NewReader(r.Verify))
	decoder.KnownFields(true)
	err := decoder.Decode(&v)
	if err == nil {
		err = v.validate(r)
	}
	if err != nil {
		return v, fmt.Errorf("rule %s: verify: %w", r.ID, err)
	}
	return v, nil
}

// validate returns every problem of the verification of a rule.
func (v *Verification) validate(r *Rule) error {
	var problems []error
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if r.Expression == "" || strings.Contains(r.Expression, "(?P<secret>") {
		bad("the rule needs an expression that matches the credential and nothing else")
	}
	if v.Method != http.MethodGet && v.Method != http.MethodPost {
		bad("method must be GET or POST")
	}
	u, err := url.Parse(v.URL)
	switch {
	case err != nil:
		bad("url is not valid")
	case u.Scheme != "https" || !plainHost().MatchString(u.Host) || u.User != nil || u.Fragment != "":
		bad("url must be https://, a host without port and user, and a path")
	}
	places := strings.Count(v.URL, SecretPlace) + strings.Count(v.Basic, SecretPlace) + strings.Count(v.Body, SecretPlace)
	for name, value := range v.Headers {
		places += strings.Count(value, SecretPlace)
		if name != http.CanonicalHeaderKey(name) || slices.Contains(ownHeaders, name) {
			bad("header %q is not written as it should be, or not the rule's to set", name)
		}
	}
	if places != 1 {
		bad("%s must stand in one place, and stands in %d", SecretPlace, places)
	}
	if v.Basic != "" && !strings.Contains(v.Basic, ":") {
		bad("basic must be user:password")
	}
	if v.Body != "" && v.Method != http.MethodPost {
		bad("only a POST has a body")
	}
	if len(v.Active) == 0 {
		bad("active must list an answer")
	}
	for _, a := range slices.Concat(v.Active, v.Revoked) {
		if len(a.Status) == 0 || slices.ContainsFunc(a.Status, func(s int) bool { return s < 200 || s >= 300 && s < 400 || s > 499 }) {
			bad("an answer needs status codes of 200 to 299 or 400 to 499")
		}
	}
	for _, a := range v.Revoked {
		// Without a mark of its own, the value may belong to another provider. Every provider would refuse it.
		if len(r.Context) > 0 && len(a.JSON) == 0 && a.Contains == "" {
			bad("for a rule with context, a revoked answer needs more than a status code")
		}
	}
	return errors.Join(problems...)
}

// ownHeaders are set by the verifier or the transport.
var ownHeaders = []string{"Host", "Cookie", "User-Agent", "Content-Length", "Transfer-Encoding", "Connection"}
