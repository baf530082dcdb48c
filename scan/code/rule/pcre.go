package rule

import "strings"

// posixClasses are the classes of POSIX as the inside of a set. The backtracking engine would read their letters.
var posixClasses = map[string]string{
	"alpha": `a-zA-Z`, "digit": `0-9`, "alnum": `a-zA-Z0-9`, "upper": `A-Z`, "lower": `a-z`, "space": `\s\x0b`, "blank": ` \t`,
	"punct": `!-/:-@\[-` + "`" + `{-~`, "xdigit": `0-9a-fA-F`, "word": `\w`, "cntrl": `\x00-\x1f\x7f`, "print": ` -~`, "graph": `!-~`,
}

// portable writes what PCRE alone spells so into forms that both of our engines read with the same meaning: (?P<name>,
// (?P=name), \h, and the classes of POSIX. Source: https://www.pcre.org/current/doc/html/pcre2syntax.html
func portable(text string) string {
	if !strings.Contains(text, "(?P") && !strings.Contains(text, `\h`) && !strings.Contains(text, "[:") {
		return text
	}
	var b strings.Builder
	set := false
	for text != "" {
		length := 1
		switch {
		case strings.HasPrefix(text, `\h`):
			length = 2
			b.WriteString(blank(set))
		case text[0] == '\\':
			length = min(2, len(text))
			b.WriteString(text[:length])
		case set && strings.HasPrefix(text, "[:"):
			name, _, closed := strings.Cut(text[2:], ":]")
			class, known := posixClasses[name]
			_, negated := posixClasses[strings.TrimPrefix(name, "^")]
			switch {
			case closed && known:
				length = len("[:") + len(name) + len(":]")
				b.WriteString(class)
			case closed && negated:
				// RE2 alone reads a class that is negated in a set.
				length = len("[:") + len(name) + len(":]")
				b.WriteString(text[:length])
			default:
				b.WriteString(`\[`)
			}
		case set:
			set = text[0] != ']'
			b.WriteByte(text[0])
		case text[0] == '[':
			set = true
			length = opening(text)
			b.WriteString(text[:length])
		case strings.HasPrefix(text, "(?P<"):
			length = len("(?P<")
			b.WriteString("(?<")
		case strings.HasPrefix(text, "(?P=") && strings.Contains(text, ")"):
			length = strings.IndexByte(text, ')') + 1
			b.WriteString(`\k<` + text[len("(?P="):length-1] + ">")
		default:
			b.WriteByte(text[0])
		}
		text = text[length:]
	}
	return b.String()
}

// blank is \h in and out of a set.
func blank(set bool) string {
	if set {
		return ` \t`
	}
	return `[ \t]`
}

// opening is the length of the start of a set: the bracket, a negation, and a bracket that stands for itself.
func opening(text string) int {
	length := 1
	if strings.HasPrefix(text[length:], "^") {
		length++
	}
	if strings.HasPrefix(text[length:], "]") {
		length++
	}
	return length
}
