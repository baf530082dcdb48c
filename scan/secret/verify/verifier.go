package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/pace"
	"github.com/sluice-scan/sluice/scan/secret"
)

// Limits of one Verify.
const (
	// DefaultMaxSecrets is how many distinct secrets are sent.
	DefaultMaxSecrets = 200
	// DefaultBudget is the time after which no further answer is waited for.
	DefaultBudget = time.Minute
	// maxHosts are asked at once, each one secret at a time.
	maxHosts = 4
	// hostInterval lies between the beginnings of two calls to one host: 240 a minute is below what every provider of the
	// rules documents as its limit for one address.
	hostInterval = 250 * time.Millisecond
	// callTime bounds one call, from the first byte sent to the last one read.
	callTime = 10 * time.Second
	// maxBodyBytes of an answer are read; what a rule looks for stands at its beginning.
	maxBodyBytes = 64 << 10
	// maxSilence is how many calls in a row a host may leave without an answer before it is left alone.
	maxSilence = 2
)

// Options adjust a verifier. The zero value is the real network and the default limits.
type Options struct {
	// Transport carries the calls; nil means one of its own, by way of the proxy that the environment names.
	Transport http.RoundTripper
	// Log is told each call by rule, host and outcome; nil means nobody.
	Log *slog.Logger
	// UserAgent names the program to the providers; empty means "sluice".
	UserAgent string
	// MaxSecrets and Budget replace the default limits when they are above zero.
	MaxSecrets int
	Budget     time.Duration
}

// Verifier asks providers. It is immutable and safe for concurrent use.
type Verifier struct {
	rules   map[string]secret.Verification
	options Options
}

// New makes a verifier of the rules, by their ids. It does not touch the network.
func New(rules map[string]secret.Verification, options Options) *Verifier {
	if options.Transport == nil {
		options.Transport = newTransport()
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	if options.UserAgent == "" {
		options.UserAgent = "sluice"
	}
	if options.MaxSecrets <= 0 {
		options.MaxSecrets = DefaultMaxSecrets
	}
	if options.Budget <= 0 {
		options.Budget = DefaultBudget
	}
	return &Verifier{rules: rules, options: options}
}

// newTransport is not the default one: whatever that was set to must not see secrets.
func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: callTime}).DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    callTime,
		ResponseHeaderTimeout:  callTime,
		MaxResponseHeaderBytes: maxBodyBytes,
		MaxIdleConns:           maxHosts,
		IdleConnTimeout:        callTime,
	}
}

// Hosts lists the hosts that secrets can be sent to, sorted.
func (v *Verifier) Hosts() []string {
	var hosts []string
	for _, rule := range v.rules {
		hosts = append(hosts, rule.Host())
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// question is one secret for one provider, and its answer.
type question struct {
	rule     *secret.Verification
	ruleID   string
	text     string
	findings []int
	outcome
}

// outcome is what came of a question. The zero value: it was not asked.
type outcome struct {
	state scan.VerifyState
	// reason says why the state is unknown, for people.
	reason string
	// silent is true when there was no answer at all.
	silent bool
}

// Verify asks about the secrets of live findings, the worst first, and writes the answers into the findings: an active
// secret is CRITICAL and certain, a revoked one LOW, and the message says why. It returns what a reader must know, the
// same for the same answers. It returns soon after ctx has ended. It fits scan.Scanner.Verify.
func (v *Verifier) Verify(ctx context.Context, findings []scan.Finding) []scan.Note {
	questions := v.questions(findings)
	asked := questions[:min(len(questions), v.options.MaxSecrets)]
	budget, cancel := context.WithTimeout(ctx, v.options.Budget)
	defer cancel()
	v.ask(budget, asked)
	for i := range asked {
		q := &asked[i]
		for _, at := range q.findings {
			apply(&findings[at], q)
		}
	}
	return notes(questions, v.options)
}

// questions lists the distinct secrets in the order of scan.Compare.
func (v *Verifier) questions(findings []scan.Finding) []question {
	var order []int
	for i := range findings {
		f := &findings[i]
		rule, ok := v.rules[f.RuleID]
		if !ok || !f.Live() || f.Engine != scan.EngineSecrets || !sendable(f.Credential().Reveal()) || !rule.Fits(f.Credential().Reveal()) {
			continue
		}
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return scan.Compare(&findings[a], &findings[b]) })
	type key struct{ method, url, text string }
	places := make(map[key]int)
	var questions []question
	for _, i := range order {
		f := &findings[i]
		rule := v.rules[f.RuleID]
		k := key{rule.Method, rule.URL, f.Credential().Reveal()}
		at, ok := places[k]
		if !ok {
			at = len(questions)
			places[k] = at
			questions = append(questions, question{rule: &rule, ruleID: f.RuleID, text: k.text})
		}
		questions[at].findings = append(questions[at].findings, i)
	}
	return questions
}

// ask goes through the hosts side by side, and through the questions of one host one after the other, so that the
// outcome does not depend on which host is faster.
func (v *Verifier) ask(ctx context.Context, questions []question) {
	var hosts []string
	byHost := make(map[string][]*question)
	for i := range questions {
		host := questions[i].rule.Host()
		if byHost[host] == nil {
			hosts = append(hosts, host)
		}
		byHost[host] = append(byHost[host], &questions[i])
	}
	var group errgroup.Group
	group.SetLimit(maxHosts)
	for _, host := range hosts {
		group.Go(func() error {
			v.host(ctx, host, byHost[host])
			return nil
		})
	}
	_ = group.Wait()
}

// host asks one host, at its pace. A host that says that it has had enough, or nothing at all, is left alone.
func (v *Verifier) host(ctx context.Context, host string, questions []*question) {
	silence := 0
	var next time.Time
	for _, q := range questions {
		if pace.Wait(ctx, time.Until(next)) != nil {
			return
		}
		next = time.Now().Add(hostInterval)
		q.outcome = v.call(ctx, q)
		v.options.Log.Debug("verified", "rule", q.ruleID, "host", host, "state", q.state.String(), "reason", q.reason)
		silence++
		if !q.silent {
			silence = 0
		}
		if silence == maxSilence || q.reason == reasonTooMany {
			return
		}
	}
}

// The reasons why a state is unknown, besides a status code.
const (
	reasonSilent   = "no connection"
	reasonSlow     = "no answer in time"
	reasonRedirect = "a redirect"
	reasonTooMany  = "too many calls"
	reasonRequest  = "no valid call"
)

// call sends one secret. Errors of the transport are put into words of our own, because they can quote the address.
func (v *Verifier) call(ctx context.Context, q *question) outcome {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	unknown := func(reason string) outcome { return outcome{state: scan.VerifyUnknown, reason: reason} }
	request, err := newRequest(ctx, q.rule, q.text, v.options.UserAgent)
	if err != nil {
		return unknown(reasonRequest)
	}
	response, err := v.options.Transport.RoundTrip(request)
	if err == nil {
		defer func() { _ = response.Body.Close() }()
	}
	var body []byte
	if err == nil {
		body, err = io.ReadAll(io.LimitReader(response.Body, maxBodyBytes))
	}
	if err != nil {
		o := unknown(reasonSilent)
		var timeout interface{ Timeout() bool }
		if ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout() {
			o.reason = reasonSlow
		}
		o.silent = true
		return o
	}
	switch status := response.StatusCode; {
	case status >= 300 && status < 400:
		return unknown(reasonRedirect)
	case status == http.StatusTooManyRequests:
		return unknown(reasonTooMany)
	default:
		state := judge(q.rule, status, body)
		if state == scan.VerifyUnknown {
			return unknown(fmt.Sprintf("HTTP %d", status))
		}
		return outcome{state: state}
	}
}

// apply writes an answer into a finding.
func apply(f *scan.Finding, q *question) {
	f.Verified = q.state
	sentence := ""
	switch q.state {
	case scan.VerifyActive:
		f.Severity, f.Confidence = scan.SeverityCritical, scan.ConfidenceCertain
		sentence = fmt.Sprintf("It works: %s accepted it during this scan.", q.rule.Host())
	case scan.VerifyRevoked:
		f.Severity = scan.SeverityLow
		sentence = fmt.Sprintf("It no longer works: %s said so during this scan.", q.rule.Host())
	default:
		return
	}
	f.Message = strings.TrimSpace(f.Message + " " + sentence)
}
