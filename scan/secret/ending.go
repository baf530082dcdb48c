package secret

import "bytes"

// value is the text behind an operator.
type value struct {
	start, end int
	// bare is true for a value without quotes.
	bare bool
	// whole is true for a value that is all that its line sets: by the format of the file it is a text, whatever it looks like.
	whole bool
	// loose is true for a value without quotes behind which its line goes on: it may be a word of a sentence.
	loose bool
	// decoded is the text that the value means, where the file writes it with escapes; nil where it stands there as it is.
	decoded []byte
}

// of gives the text that a value means.
func (v *value) of(t *text) []byte {
	if v.decoded != nil {
		return v.decoded
	}
	return t.data[v.start:v.end]
}

// lineValue reads the value of a name that is first on its line, from an offset behind the separator, in a notation whose
// values go to the end of the line.
func (t *text) lineValue(first, at int) (value, bool) {
	data, e := t.data, &endings[t.path.notation]
	i := skipSpace(data, at)
	stop := lineEnd(data, i, maxValue)
	if stop > i && data[stop-1] == '\r' {
		stop--
	}
	if t.path.notation == notationYAML {
		if i, stop = yamlNode(data, i, stop); i < 0 {
			return value{}, false
		}
	}
	if i >= stop {
		return value{}, false
	}
	if first > 0 && isQuote(data[first-1]) && bytes.Count(data[first-1:at], data[first-1:first])%2 == 1 {
		// Name and value stand within one pair of quotes: - "NAME=value".
		if end := bytes.LastIndexByte(data[i:stop], data[first-1]); end > 0 && lineOver(data[:stop], i+end+1) {
			v := innerText(data, value{start: i, end: i + end})
			v.bare, v.whole, v.decoded = v.start == i, true, t.decode(data[v.start:v.end], data[first-1])
			return v, true
		}
	}
	if bytes.IndexByte([]byte(e.quotes), data[i]) >= 0 {
		if v, ok := t.quoted(i+1, data[i]); ok && v.end < stop && lineOver(data[:stop], v.end+1) {
			return v, true
		}
	}
	if bytes.HasPrefix(data[i:stop], []byte("base64:")) {
		// Laravel writes so what its key is coded in.
		i += len("base64:")
	}
	v := value{start: i, end: stop, bare: true, whole: true}
	if t.path.notation == notationProperties {
		v.end = continued(data, i, stop)
	}
	for n := i + 1; n < v.end; n++ {
		if is(data[n-1], classSpace) && bytes.IndexByte([]byte(e.comments), data[n]) >= 0 {
			v.end = n - 1
			break
		}
	}
	for v.end > v.start && is(data[v.end-1], classSpace) {
		v.end--
	}
	if t.path.notation == notationProperties {
		for v.start < v.end && (data[v.start] == '\\' && v.start+1 < v.end && (data[v.start+1] == '\n' || data[v.start+1] == '\r') || is(data[v.start], classSpace)) {
			v.start++
		}
		v.decoded = unescape(data[v.start:v.end])
	}
	return v, v.end > v.start
}

// defaultMembers are the members of a parameter's description that hold its value.
var defaultMembers = wordSet(" default value ")

// defaultMember reads the default in the description of a parameter: in CloudFormation "DBPassword:" stands over
// "Default: x", or before "{Type: String, Default: x}". at is the offset behind the colon.
func (t *text) defaultMember(first, at int) (value, bool) {
	data := t.data
	stop := min(len(data), at+400)
	line := data[at:lineEnd(data, at, 400)]
	flow := bytes.IndexByte(line, '{') >= 0
	if flow {
		stop = at + len(line)
	} else if len(bytes.TrimSpace(line)) > 0 {
		return value{}, false
	}
	indent := first - lineStart(data, first, 200)
	for begin := at; begin < stop; {
		for begin < stop && (is(data[begin], classSpace) || data[begin] == '{' || data[begin] == ',') {
			begin++
		}
		if !flow && begin-lineStart(data, begin, 200) <= indent {
			return value{}, false
		}
		end := begin
		for end < stop && nameByte(data[end]) {
			end++
		}
		if end < stop && data[end] == ':' && oneOf(defaultMembers, data[begin:end]) {
			if !flow {
				return t.lineValue(begin, end+1)
			}
			if i := skipSpace(data, end+1); i < stop && isQuote(data[i]) {
				return t.quoted(i+1, data[i])
			} else if i < stop {
				return t.wordValue(opColon, begin, i, end+1)
			}
		}
		for end < stop && data[end] != '\n' && !(flow && data[end] == ',') {
			end++
		}
		begin = end + 1
	}
	return value{}, false
}

// continued gives the end of a logical line of a properties file: a backslash at the end of a line joins the next one.
func continued(data []byte, start, stop int) int {
	for n := 0; n < 8; n++ {
		slashes := 0
		for stop-slashes > start && data[stop-slashes-1] == '\\' {
			slashes++
		}
		next := bytes.IndexByte(data[stop:], '\n')
		if slashes%2 == 0 || next < 0 || stop+next+1-start > maxValue {
			return stop
		}
		stop = lineEnd(data, stop+next+1, maxValue)
		if data[stop-1] == '\r' {
			stop--
		}
	}
	return stop
}

// yamlNode skips what may stand before a scalar: its anchor, the tag of a string, and the mark of a block or a folded
// scalar, whose text begins on the next line. The text is data[from:to]; from is negative where no scalar follows.
func yamlNode(data []byte, from, to int) (int, int) {
	indent := 0
	for begin := lineStart(data, from, 400); begin+indent < from && data[begin+indent] == ' '; {
		indent++
	}
	for range 2 {
		end := word(data, from, to-from)
		switch {
		case from < to && data[from] == '&' && skipSpace(data, end) < to, bytes.HasPrefix(data[from:to], []byte("!!str ")):
			from = skipSpace(data, end)
		case from < to && data[from] == '*' && bytes.Contains(data, append([]byte("&"), data[from+1:end]...)):
			return -1, 0
		}
	}
	mark := bytes.TrimSpace(data[from:to])
	if len(mark) > 0 && (mark[0] != '|' && mark[0] != '>' || len(mark) > 3 || !onlyOf(mark[1:], classDigit, "+-")) {
		if mark[0] == '{' && bytes.Contains(mark, []byte(": ")) {
			return -1, 0
		}
		return from, to
	}
	// The scalar stands on the lines below, further to the right.
	at := bytes.IndexByte(data[to:], '\n')
	if at < 0 {
		return -1, 0
	}
	from = to + at + 1
	text := from
	for text < len(data) && data[text] == ' ' {
		text++
	}
	to = lineEnd(data, text, maxValue)
	if to > text && data[to-1] == '\r' {
		to--
	}
	if text-from <= indent || text == to || data[text] == '-' && text+1 < to && data[text+1] == ' ' {
		return -1, 0
	}
	line := data[text:to]
	if len(mark) == 0 && (bytes.Contains(line, []byte(": ")) || line[len(line)-1] == ':') {
		// A mapping.
		return -1, 0
	}
	return text, to
}

// wordValue reads a value without quotes that stands among others on its line, from offset i on; at is the end of the
// operator, and first the beginning of the name.
func (t *text) wordValue(op operator, first, i, at int) (value, bool) {
	data := t.data
	if t.path.notation == notationShell || op == opFlag {
		if v, ok := t.shellValue(first, i); ok || op != opFlag {
			return v, ok && (op != opDirective || lineOver(data, v.end))
		}
	}
	if bytes.HasPrefix(data[i:], []byte("base64:")) {
		i += len("base64:")
	}
	s := t.surroundings(first)
	i += quoteEntity(data, i)
	if formField(data, i) || tagEntity(data, i) {
		return value{}, false
	}
	if i < len(data) && data[i] == '&' && s.query {
		// The next parameter.
		return value{}, false
	}
	end := i
	for end < len(data) && end-i < maxValue && !is(data[end], classSpace) && !s.ends(data, i, end) {
		end++
	}
	if end == i {
		return value{}, false
	}
	v := value{start: i, end: end, bare: true}
	over := lineOver(data, end) || s.quote != 0 && end < len(data) && data[end] == s.quote
	if !over && !s.connection && !drawn(data[v.start:v.end]) {
		// The line goes on: what ends a clause does not belong to the value.
		for v.end > i+1 && bytes.IndexByte([]byte(",;"), data[v.end-1]) >= 0 {
			v.end--
		}
	}
	for v.end > i+1 && s.closes(data[v.end-1], data[i:v.end]) {
		v.end--
	}
	if op != opFlag && (i > at || op == opDirective) && !over {
		if op == opDirective {
			return value{}, false
		}
		v.loose = true
	}
	if s.quote != 0 {
		v.decoded = t.decode(data[v.start:v.end], s.quote)
	}
	return v, true
}

// surroundings are what stands around a name in the middle of a line, so far as it decides where the value ends.
type surroundings struct {
	// quote is the quote within which the name stands, or 0.
	quote byte
	// connection is true among pairs with semicolons, query among the parameters of a URL or a form.
	connection, query bool
	// flow is true within the braces of a YAML flow collection.
	flow bool
	// open are the brackets that are open before the name.
	open [3]bool
	// tags is true in a text with tags, tagged behind one on the line, escapes in one line that holds many: a program's text, a minified file.
	tags, tagged, escapes bool
}

func (t *text) surroundings(first int) surroundings {
	data := t.data
	begin := lineStart(data, first, 400)
	before := data[begin:first]
	s := surroundings{quote: enclosing(before)}
	if s.quote != 0 {
		before = before[bytes.LastIndexByte(before, s.quote)+1:]
	}
	if first > 0 {
		s.query = data[first-1] == '?' || data[first-1] == '&'
	}
	trimmed := bytes.TrimRight(before, " ")
	s.connection = len(trimmed) > 0 && trimmed[len(trimmed)-1] == ';' && bytes.IndexByte(trimmed, '=') > 0
	for i, pair := range [...]string{"()", "[]", "{}"} {
		s.open[i] = bytes.Count(before, []byte(pair[:1])) > bytes.Count(before, []byte(pair[1:]))
	}
	s.flow = t.path.notation == notationYAML && s.quote == 0 && (s.open[1] || s.open[2])
	s.tagged = bytes.IndexByte(before, '<') >= 0
	s.tags = t.path.markup || t.path.notation == notationXML
	s.escapes = s.quote != 0 || first-begin > 300
	return s
}

// enclosing gives the quote that is open at the end of a part of a line, or 0. A quote opens a text where no letter or
// digit stands before it.
func enclosing(line []byte) byte {
	var open byte
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case b == '\\':
			i++
			if i < len(line) && isQuote(line[i]) {
				// An escaped quote opens and closes like another one: JSON within JSON.
				if open == 0 {
					open = line[i]
				}
			}
		case !isQuote(b):
		case open == b:
			open = 0
		case open == 0 && (i == 0 || !is(line[i-1], classAlnum)):
			open = b
		}
	}
	return open
}

// ends reports whether a value that began at start ends before data[at].
func (s *surroundings) ends(data []byte, start, at int) bool {
	peek := func(n int) byte {
		if at+n < len(data) {
			return data[at+n]
		}
		return 0
	}
	switch b := data[at]; b {
	case s.quote:
		return true
	case '\\':
		return s.escapes && (peek(1) == s.quote && s.quote != 0 || peek(1) == 'n' || peek(1) == 'r')
	case '<':
		return s.tags || s.tagged && peek(1) == '/'
	case '>':
		return s.tags && at > start
	case ';':
		return s.connection || pairAt(data, at+1)
	case '&':
		return s.query || pairAt(data, at+1) || quoteEntity(data, at) > 0
	case '#':
		return s.query
	case ',', ']', '}':
		return s.flow || b == ',' && pairAt(data, at+1)
	}
	return false
}

// quoteEntities are the entities of HTML and XML for quotes, by which a page shows a program's text.
var quoteEntities = [...]string{"&quot;", "&#34;", "&#39;", "&apos;", "&#x27;", "&#x22;"}

// quoteEntity gives the length of such an entity at an offset; 0 when there is none.
func quoteEntity(data []byte, at int) int {
	for _, entity := range quoteEntities {
		if bytes.HasPrefix(data[at:], []byte(entity)) {
			return len(entity)
		}
	}
	return 0
}

// tagEntity reports whether the entity of an opening angle bracket stands at an offset.
func tagEntity(data []byte, at int) bool {
	text := entities(data[at:min(len(data), at+6)])
	return len(text) > 0 && text[0] == '<'
}

// formField reports whether words in angle brackets stand at an offset: a form names there what to fill in.
func formField(data []byte, at int) bool {
	if at >= len(data) || data[at] != '<' {
		return false
	}
	line := data[at+1 : lineEnd(data, at, 80)]
	end := bytes.IndexByte(line, '>')
	return end > 0 && onlyOf(line[:end], classLower|classUpper, " _-.:/")
}

// closes reports whether the last sign of a value closes a bracket that is open before its name.
func (s *surroundings) closes(last byte, text []byte) bool {
	for i, pair := range [...]string{"()", "[]", "{}"} {
		if last == pair[1] && s.open[i] && bytes.Count(text, []byte(pair[:1])) < bytes.Count(text, []byte(pair[1:])) {
			return true
		}
	}
	return false
}

// pairNames are short names of pairs, besides those of four letters and more.
var pairNames = wordSet(" uid pwd dsn url sid tls ssl key tag id db app env api host port user ")

// pairAt reports whether another pair of name and value begins at an offset: "user=", "Data Source=". Letters of both cases
// without order are no name.
func pairAt(data []byte, at int) bool {
	at = skipSpace(data, at)
	end := at
	for end < len(data) && end-at < maxName && (is(data[end], classLower|classUpper) || end > at && (data[end] == '_' || data[end] == '-' || data[end] == '.' || data[end] == ' ')) {
		end++
	}
	if end-at < 2 || end >= len(data) || data[end] != '=' {
		return false
	}
	name := data[at:end]
	return oneOf(pairNames, name) || len(name) >= 4 && (onlyOf(name, classUpper, "_") || onlyOf(name[1:], classLower, "_-.") || connectionWords().in(data[at:end+1]))
}

// shellValue reads a word of a shell's, from offset i on: quotes and backslashes keep what would end it (POSIX, 2.2 and
// 2.3). Where one pair of quotes stands around all of it, they are no part of the value.
func (t *text) shellValue(first, i int) (value, bool) {
	data := t.data
	quote := enclosing(data[lineStart(data, first, 400):first])
	assigned := directiveLine(data, first)
	var open byte
	end := i
	quotes := 0
scan:
	for end < len(data) && end-i < maxValue && data[end] != '\n' {
		switch b := data[end]; {
		case open == '\'':
			if b == open {
				open = 0
			}
		case b == '\\' && end+1 < len(data) && data[end+1] != '\n':
			if quote != 0 && data[end+1] == quote {
				break scan
			}
			end++
		case open != 0:
			if b == open {
				open = 0
			}
		case quote != 0 && b == quote:
			break scan
		case isQuote(b) && b != '`':
			open = b
			quotes++
		case b == '$' && end+1 < len(data) && (data[end+1] == '(' || data[end+1] == '{'):
			end = balanced(data, end+1, i+maxValue)
		case is(b, classSpace):
			break scan
		case !assigned && bytes.IndexByte([]byte(";&|<>()`"), b) >= 0:
			break scan
		}
		end++
	}
	end = min(end, len(data))
	for end > i && data[end-1] == '\r' {
		end--
	}
	if end == i || open != 0 {
		return value{}, false
	}
	v := value{start: i, end: end, bare: true, whole: quote == 0 && firstOnLine(data, first) && data[i-1] == '='}
	if q := data[i]; quotes > 0 && isQuote(q) && q != '`' && data[end-1] == q && end-i > 1 {
		v = value{start: i + 1, end: end - 1}
		if v.start == v.end {
			return value{}, false
		}
		if quotes == 1 && q == '\'' {
			return v, true
		}
	}
	if text := shellText(data[i:end]); len(text) != v.end-v.start {
		v.decoded = text
	}
	return v, true
}

// directiveLine reports whether the name at an offset belongs to an instruction of a Dockerfile that sets variables: only
// blanks end a value there.
func directiveLine(data []byte, first int) bool {
	line := bytes.TrimLeft(data[lineStart(data, first, 400):first], " \t")
	return len(line) > 3 && (equalFold(line[:4], []byte("env ")) || equalFold(line[:4], []byte("arg ")))
}

// balanced gives the offset of the bracket that closes the one at an offset, or of the last byte of the line.
func balanced(data []byte, at, limit int) int {
	depth := 0
	end := at
	for ; end < len(data) && end < limit && data[end] != '\n'; end++ {
		switch data[end] {
		case '(', '{':
			depth++
		case ')', '}':
			if depth--; depth == 0 {
				return end
			}
		}
	}
	return end - 1
}

// lineOver reports whether only a comment or the end of a statement follows on the line.
func lineOver(data []byte, at int) bool {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || bytes.IndexByte([]byte(",;)}\"'`"), data[at]) >= 0) {
		at++
	}
	if at >= len(data) || data[at] == '\n' || data[at] == '#' || data[at] == '\\' {
		return true
	}
	return bytes.HasPrefix(data[at:], []byte("//")) || bytes.HasPrefix(data[at:], []byte("--")) || bytes.HasPrefix(data[at:], []byte("/*"))
}
