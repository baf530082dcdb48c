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
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Limits of one Verify.
const (
	// DefaultMaxSecrets is how many distinct secrets are sent.
	DefaultMaxSecrets = 200
	// DefaultBudget is how long Verify waits for answers.
	DefaultBudget = time.Minute
	// maxHosts is how many hosts are asked at once, each for one secret at a time.
	maxHosts = 4
	// hostInterval is the time between two calls to one host. 240 calls a minute are below the documented limit of every
	// provider in the rules.
	hostInterval = 250 * time.Millisecond
	// callTime bounds one call, from the first byte sent to the last one read.
	callTime = 10 * time.Second
	// maxBodyBytes is how much of an answer is read. What rules look for is at its beginning.
	maxBodyBytes = 64 << 10
	// maxSilence is after how many calls in a row without an answer a host is not asked any more.
	maxSilence = 2
)

// Verifier asks providers. It is immutable and safe for concurrent use.
type Verifier struct {
	rules   map[string]rule.Verification
	options Options
}

// New makes a verifier of rules by their ids. It does not touch the network.
func New(rules map[string]rule.Verification, options Options) *Verifier {
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

// newTransport returns a transport of its own: what the default one was set to must not see secrets.
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

// Verify asks about the secrets of live findings, the worst first, and writes the answers into the findings: an active
// secret is CRITICAL and certain, a revoked one LOW, and the message says why. It returns notes for the reader, the
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

// questions returns the distinct secrets in the order of scan.Compare.
func (v *Verifier) questions(findings []scan.Finding) []question {
	var order []int
	for i := range findings {
		f := &findings[i]
		how, ok := v.rules[f.RuleID]
		if !ok || !f.Live() || f.Engine != rule.Engine || !sendable(f.Credential().Reveal()) || !how.Fits(f.Credential().Reveal()) {
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

// ask asks the hosts side by side, and the questions of one host one after the other, so that the outcome does not
// depend on which host is faster.
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

// host asks one host at its pace. It stops when the host says that there were too many calls, or does not answer.
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

// call sends one secret. It replaces the errors of the transport, because they can quote the address.
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
