package ascii

// LineStart returns the beginning of the line that contains offset at, but at most limit bytes before it.
func LineStart(data []byte, at, limit int) int {
	start := at
	for start > 0 && at-start < limit && data[start-1] != '\n' {
		start--
	}
	return start
}

// LineEnd returns the end of the line that contains offset at, but at most limit bytes behind it.
func LineEnd(data []byte, at, limit int) int {
	end := at
	for end < len(data) && end-at < limit && data[end] != '\n' {
		end++
	}
	return end
}

// SkipSpace returns the first offset from at on without a space or tab.
func SkipSpace(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t') {
		at++
	}
	return at
}

// Word returns the end of the word at an offset: white space or a quote ends it, and so does limit bytes.
func Word(data []byte, at, limit int) int {
	end := at
	for end < len(data) && end-at < limit && !Is(data[end], ClassSpace) && !IsQuote(data[end]) {
		end++
	}
	return end
}

// IsQuote reports whether a byte is a double quote, a single quote or a backtick.
func IsQuote(b byte) bool { return b == '"' || b == '\'' || b == '`' }

// SkipBlank returns the first offset from at on without white space, line ends included. It skips at most 80 bytes.
func SkipBlank(data []byte, at int) int {
	for n := 0; at < len(data) && n < 80 && Is(data[at], ClassSpace); n++ {
		at++
	}
	return at
}

// NameByte reports whether a byte can belong to the name of a setting or variable.
func NameByte(b byte) bool { return Is(b, ClassAlnum) || b == '_' || b == '-' || b == '.' }
