package rule

import (
	"fmt"
	"strings"
)

// Refusal names a rule that is not run, and why. A rule may have several.
type Refusal struct {
	Position
	// Source is the name of the file.
	Source string
	// RuleID is the id of the rule as written; "" when the whole file is refused, or the rule has no id.
	RuleID string
	// Languages are those of the rule, as far as they are known; nil when the whole file is refused.
	Languages []Language
	// OtherVersion says that the rule excludes the version of the schema that is read here. Its author wants it so.
	OtherVersion bool
	// Key is the key that cannot be honoured; "" when the reason is not one key.
	Key string
	// Reason says what is wrong and what to do. It quotes names of the schema, never a pattern or message.
	Reason string
}

// Error gives the refusal as one line: file, line, rule, reason.
func (r Refusal) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: ", r.Source, r.Line)
	if r.RuleID != "" {
		fmt.Fprintf(&b, "rule %s is not run: ", r.RuleID)
	}
	b.WriteString(r.Reason)
	return b.String()
}

// shown gives a word of the file for a message: short and plain as it is, else "a value", because a text of the file may
// be anything.
func shown(text string) string {
	plain := len(text) > 0 && len(text) <= 40
	for _, c := range []byte(text) {
		plain = plain && (c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-_.+#<$", c) >= 0)
	}
	if !plain {
		return "a value"
	}
	return fmt.Sprintf("%q", text)
}
