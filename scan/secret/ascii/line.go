package ascii

// LineStart gives the beginning of the line that holds offset at, or at-limit when that is nearer.
func LineStart(data []byte, at, limit int) int {
	start := at
	for start > 0 && at-start < limit && data[start-1] != '\n' {
		start--
	}
	return start
}

// LineEnd gives the end of the line that holds offset at, or at+limit when that is nearer.
func LineEnd(data []byte, at, limit int) int {
	end := at
	for end < len(data) && end-at < limit && data[end] != '\n' {
		end++
	}
	return end
}

// SkipSpace gives the first offset from at on that holds no space or tab.
func SkipSpace(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t') {
		at++
	}
	return at
}

// Word gives the end of the run of bytes from at on that are neither space nor quote, at most limit of them.
func Word(data []byte, at, limit int) int {
	end := at
	for end < len(data) && end-at < limit && !Is(data[end], ClassSpace) && !IsQuote(data[end]) {
		end++
	}
	return end
}

func IsQuote(b byte) bool { return b == '"' || b == '\'' || b == '`' }

// SkipBlank gives the first offset from at on that holds neither space nor a line's end; it looks at 80 bytes.
func SkipBlank(data []byte, at int) int {
	for n := 0; at < len(data) && n < 80 && Is(data[at], ClassSpace); n++ {
		at++
	}
	return at
}

func NameByte(b byte) bool { return Is(b, ClassAlnum) || b == '_' || b == '-' || b == '.' }
