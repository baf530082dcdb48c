package rule

import "strings"

// Message is the text of a finding, with metavariables in it.
type Message struct {
	text  string
	parts []part
}

// part is literal text, or a metavariable when name is set; then text is how it is written.
type part struct {
	text, name string
	value      bool
}

// newMessage reads a text.
func newMessage(text string) Message {
	m := Message{text: text}
	literal := 0
	add := func(from, to int, name string, value bool) {
		if literal < from {
			m.parts = append(m.parts, part{text: text[literal:from]})
		}
		m.parts = append(m.parts, part{text: text[from:to], name: name, value: value})
		literal = to
	}
	for at := 0; at < len(text); {
		if text[at] != '$' {
			at++
			continue
		}
		length := metavariableLength(text[at:])
		if length == 0 {
			at++
			continue
		}
		end := at + length
		const call = "value("
		if strings.HasSuffix(text[literal:at], call) && strings.HasPrefix(text[end:], ")") {
			add(at-len(call), end+1, text[at:end], true)
			at = literal
			continue
		}
		add(at, end, text[at:end], false)
		at = end
	}
	if literal < len(text) {
		m.parts = append(m.parts, part{text: text[literal:]})
	}
	return m
}

// String gives the message as written.
func (m Message) String() string { return m.text }

// Text puts values into the message: "$X" and "$...X" become what bound gives, "value($X)" what it gives for the value
// that constant propagation knows. What has no binding stays as it is written. What is put in is not read again.
//
// A text of a scanned file may be a secret; the caller masks and shortens it.
func (m Message) Text(bound func(metavariable string, value bool) (string, bool)) string {
	var b strings.Builder
	for _, p := range m.parts {
		text := p.text
		if p.name != "" {
			if found, ok := bound(p.name, p.value); ok {
				text = found
			}
		}
		b.WriteString(text)
	}
	return b.String()
}

// metavariableLength is the length of "$X", "$...X" or "$1" at the start of text; 0 when there is none. A name has
// capital letters, digits and underscores; what follows it does not matter, as in "$FUNCs".
func metavariableLength(text string) int {
	if !strings.HasPrefix(text, "$") {
		return 0
	}
	at := 1
	if strings.HasPrefix(text[at:], "...") {
		at += len("...")
	}
	name := strings.TrimLeft(text[at:], "0123456789")
	if len(name) == len(text)-at {
		name = strings.TrimLeft(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
	}
	if len(name) == len(text)-at {
		return 0
	}
	return len(text) - len(name)
}

// metavariable reports whether the whole text is a metavariable.
func metavariable(text string) bool { return text != "" && metavariableLength(text) == len(text) }
