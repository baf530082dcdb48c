package match

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2/v2"
)

const (
	// maxSpoiled is how many texts may take too long before an expression is not tried any more.
	maxSpoiled = 8
	// maxExpression bounds an expression that users bring, in bytes.
	maxExpression = 32 << 10
	// SlowTime is how long the backtracking engine may take for one line.
	SlowTime = 250 * time.Millisecond
	// maxBacktracking bounds the memory of the backtracking engine, in entries of its stack.
	maxBacktracking = 4 << 20
)

// Expression is a regular expression from a user. It is RE2 or, when it is not valid RE2 (look-around,
// back-references), an expression for a backtracking engine with a time limit. It is safe for concurrent use.
type Expression struct {
	text string
	fast *regexp.Regexp
	slow *regexp2.Regexp
	// spoiled counts the texts that MatchString gave up on.
	spoiled atomic.Int32
}

// ParseExpression compiles an expression.
func ParseExpression(text string) (*Expression, error) {
	if len(text) > maxExpression {
		return nil, fmt.Errorf("%d bytes are more than the %d that an expression may have", len(text), maxExpression)
	}
	fast, err := regexp.Compile(text)
	if err == nil {
		return &Expression{text: text, fast: fast}, nil
	}
	slow, slowErr := compileSlow(text)
	if slowErr != nil {
		return nil, Invalid(err)
	}
	slow.MatchTimeout = SlowTime
	return &Expression{text: text, slow: slow}, nil
}

// Invalid says what is wrong with an expression without quoting it, because what people allow is often a secret.
func Invalid(err error) error {
	var wrong *syntax.Error
	if errors.As(err, &wrong) {
		return fmt.Errorf("it is not valid (%s)", wrong.Code)
	}
	return errors.New("it is not valid")
}

// compileSlow compiles an expression for the backtracking engine. A panic of the compiler becomes an error, because the
// text comes from outside.
func compileSlow(text string) (expression *regexp2.Regexp, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the expression cannot be compiled")
		}
	}()
	// Groups are numbered from left to right, like those of RE2 and PCRE.
	return regexp2.Compile(text, regexp2.OptionMaxBacktrackingStackSize(maxBacktracking), regexp2.OptionMaintainCaptureOrder())
}

// Slow reports whether the backtracking engine runs the expression.
func (e *Expression) Slow() bool { return e.slow != nil }

// String gives the expression as it was written.
func (e *Expression) String() string { return e.text }

// MatchString reports whether the expression matches somewhere in text. A text that takes too long does not match, and
// after several such texts the expression matches nothing any more.
func (e *Expression) MatchString(text string) bool {
	if e.fast != nil {
		return e.fast.MatchString(text)
	}
	if e.spoiled.Load() >= maxSpoiled {
		return false
	}
	ok, err := e.slow.MatchString(text)
	if err != nil {
		e.spoiled.Add(1)
	}
	return ok && err == nil
}

// Groups is the number of capturing groups.
func (e *Expression) Groups() int {
	if e.fast != nil {
		return e.fast.NumSubexp()
	}
	return len(e.slow.GetGroupNumbers()) - 1
}

// Find returns the matches in a text, at most limit, in the form of the regexp package: a pair of byte offsets for the
// match and for each group, -1 for a group that took no part. With an error, part of the text was not searched; only the
// backtracking engine gives one.
func (e *Expression) Find(line string, limit int) (all [][]int, err error) {
	if e.fast != nil {
		return e.fast.FindAllStringSubmatchIndex(line, limit), nil
	}
	defer func() {
		if recover() != nil {
			all, err = nil, errors.New("the engine broke off")
		}
	}()
	begin := time.Now()
	match, err := e.slow.FindStringMatch(line)
	for ; match != nil && err == nil && len(all) < limit; match, err = e.slow.FindNextMatch(match) {
		all = append(all, offsets(match, len(line)))
		if time.Since(begin) > SlowTime {
			return all, errors.New("it takes too long")
		}
	}
	return all, err
}

// offsets returns the byte offsets of a match and its groups, none of them beyond length.
func offsets(match *regexp2.Match, length int) []int {
	groups := match.Groups()
	at := make([]int, 0, 2*len(groups))
	for i := range groups {
		if len(groups[i].Captures) == 0 {
			at = append(at, -1, -1)
			continue
		}
		start, n := groups[i].ByteRange()
		at = append(at, min(start, length), min(start+n, length))
	}
	return at
}

// Names gives the names of the groups in the order of Find: "" for a group without a name, and for the whole match, which
// is the first.
func (e *Expression) Names() []string {
	if e.fast != nil {
		return e.fast.SubexpNames()
	}
	numbers := e.slow.GetGroupNumbers()
	names := make([]string, len(numbers))
	for i, number := range numbers {
		// The engine names a group without a name by its number.
		if name := e.slow.GroupNameFromNumber(number); name != strconv.Itoa(number) {
			names[i] = name
		}
	}
	return names
}
