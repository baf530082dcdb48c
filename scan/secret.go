package scan

import (
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// Secret contains text that must not leave the process: a leaked token, a credential of the configuration. Printing,
// logging or encoding it gives "[redacted]", or "" if it is empty. Only [Secret.Reveal] returns the text.
type Secret struct{ text string }

// NewSecret wraps text.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal returns the raw text. Search for its callers to find every place where a secret can leave.
func (s Secret) Reveal() string { return s.text }

// Empty reports whether there is no text.
func (s Secret) Empty() bool { return s.text == "" }

// String implements fmt.Stringer.
func (s Secret) String() string {
	if s.text == "" {
		return ""
	}
	return redacted
}

// Format implements fmt.Formatter, so that no verb (%#v, %x, %q) reaches the text.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText implements encoding.TextMarshaler, which JSON, YAML and XML encoders use.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the text unchanged, so that a configuration field can be a Secret.
func (s *Secret) UnmarshalText(text []byte) error {
	s.text = string(text)
	return nil
}
