package image

import (
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// DockerFormats are the files from which images are built.
var DockerFormats = []document.Format{
	{Name: "Dockerfile", Match: isDockerfile, Ecosystem: scan.EcosystemDocker, Read: readDockerfile},
}

func isDockerfile(base, _ string) bool {
	for _, name := range []string{"Dockerfile", "Containerfile"} {
		if base == name || strings.HasPrefix(base, name+".") && base != name+".dockerignore" || strings.HasSuffix(base, "."+name) {
			return true
		}
	}
	return strings.HasSuffix(base, ".dockerfile")
}

// imagePackage parses the name of an image: "host:5000/owner/name:tag@sha256:0123"
// (https://github.com/distribution/reference/blob/main/reference.go). ok is false if the name is known only when the
// pipeline runs.
func imagePackage(text string) (p scan.Package, ok bool) {
	name, digest, _ := strings.Cut(text, "@")
	version := ""
	if i := strings.LastIndexByte(name, ':'); i >= 0 && !strings.Contains(name[i:], "/") {
		name, version = name[:i], name[i+1:]
	}
	if name == "" || name == "scratch" || strings.ContainsAny(name, "$ \t{}") {
		return p, false
	}
	if strings.ContainsAny(version, "${} \t") {
		version = ""
	}
	p = scan.Package{Ecosystem: scan.EcosystemDocker, Name: name, Version: version, Relation: scan.RelationDirect, Hash: document.TaggedHash(digest)}
	return p, true
}

// dockerfile is the state of reading a file (https://docs.docker.com/reference/dockerfile/).
type dockerfile struct {
	s      *document.Source
	escape byte
	// args are the values of the ARGs before the first FROM: a FROM may use only those.
	args map[string]string
	// stages are the names of earlier stages, in lower case; count is their number.
	stages map[string]bool
	count  int
}

// readDockerfile reads the base images of stages and the images from which they copy.
func readDockerfile(s *document.Source) error {
	d := dockerfile{s: s, escape: '\\', args: map[string]string{}, stages: map[string]bool{}}
	lines := strings.SplitAfter(string(s.Data), "\n")
	// Parser directives come before everything else.
	for _, line := range lines {
		comment, ok := strings.CutPrefix(strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")), "#")
		if !ok {
			break
		}
		name, value, _ := strings.Cut(comment, "=")
		if strings.EqualFold(strings.TrimSpace(name), "escape") && strings.TrimSpace(value) == "`" {
			d.escape = '`'
		}
	}
	var words []word
	heredocs := []string(nil)
	offset := 0
	for _, line := range lines {
		start := offset
		offset += len(line)
		text := strings.TrimRight(line, " \t\r\n")
		if len(heredocs) > 0 {
			if strings.TrimLeft(text, "\t") == heredocs[0] {
				heredocs = heredocs[1:]
			}
			continue
		}
		if start == 0 {
			if rest, ok := strings.CutPrefix(text, "\ufeff"); ok {
				start, text = 3, rest
			}
		}
		if trimmed := strings.TrimLeft(text, " \t"); trimmed == "" || trimmed[0] == '#' {
			continue // even within an instruction
		}
		joined := text[len(text)-1] == d.escape
		if joined {
			text = text[:len(text)-1]
		}
		words = appendWords(words, text, start)
		if !joined {
			heredocs = heredocsOf(words)
			d.instruction(words)
			words = words[:0]
		}
	}
	d.instruction(words)
	return nil
}

// word is a word of an instruction with its offsets in the file.
type word struct {
	text       string
	start, end int
}

// appendWords splits at white space.
func appendWords(words []word, text string, offset int) []word {
	for i := 0; i < len(text); {
		if text[i] == ' ' || text[i] == '\t' {
			i++
			continue
		}
		end := i
		for end < len(text) && text[end] != ' ' && text[end] != '\t' {
			end++
		}
		words = append(words, word{text: text[i:end], start: offset + i, end: offset + end})
		i = end
	}
	return words
}

// heredocsOf returns the words that end the heredocs of an instruction: RUN <<EOF, COPY <<-"EOF" /path.
func heredocsOf(words []word) (ends []string) {
	if len(words) == 0 || !strings.EqualFold(words[0].text, "RUN") && !strings.EqualFold(words[0].text, "COPY") && !strings.EqualFold(words[0].text, "ADD") {
		return nil
	}
	for _, word := range words[1:] {
		// https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go: reHeredoc
		number, end, ok := strings.Cut(word.text, "<<")
		if ok = ok && strings.Trim(number, "0123456789") == ""; !ok {
			continue
		}
		if end = strings.Trim(strings.TrimPrefix(end, "-"), `"'`); end != "" && strings.Trim(end, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == "" {
			ends = append(ends, end)
		}
	}
	return ends
}

func (d *dockerfile) instruction(words []word) {
	if len(words) < 2 {
		return
	}
	switch verb := strings.ToUpper(words[0].text); verb {
	case "ARG":
		for _, word := range words[1:] {
			if name, value, ok := strings.Cut(word.text, "="); ok && d.count == 0 {
				d.args[name] = d.expand(strings.Trim(value, `"'`))
			}
		}
	case "FROM":
		words = words[1:]
		for len(words) > 1 && strings.HasPrefix(words[0].text, "--") {
			words = words[1:]
		}
		d.image(words[0], 0, d.expand(strings.Trim(words[0].text, `"'`)))
		d.count++
		if len(words) == 3 && strings.EqualFold(words[1].text, "AS") {
			d.stages[strings.ToLower(words[2].text)] = true
		}
	case "COPY", "RUN", "ADD":
		for _, word := range words[1:] {
			if !strings.HasPrefix(word.text, "--") {
				break
			}
			if from, ok := strings.CutPrefix(word.text, "--from="); ok {
				d.image(word, len(word.text)-len(from), from)
			} else if mount, ok := strings.CutPrefix(word.text, "--mount="); ok {
				for part := range strings.SplitSeq(mount, ",") {
					if from, ok := strings.CutPrefix(part, "from="); ok {
						d.image(word, strings.Index(word.text, part)+len("from="), from)
					}
				}
			}
		}
	}
}

// image adds an image unless it is an earlier stage, by name or by number.
func (d *dockerfile) image(word word, skipped int, name string) {
	if d.stages[strings.ToLower(name)] {
		return
	}
	if n, err := strconv.Atoi(name); err == nil && n < d.count {
		return
	}
	if p, ok := imagePackage(name); ok {
		end := word.end
		if skipped > 0 {
			end = min(word.start+skipped+len(name), word.end)
		}
		d.s.Add(document.Entry{Package: p}, word.start+skipped, end)
	}
}

// expand replaces $NAME, ${NAME}, ${NAME:-default} and ${NAME:+other} by the values of ARGs, and keeps unknown names. It
// limits the length of a value, because ARGs can contain each other twice.
func (d *dockerfile) expand(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$")
		b.WriteString(before)
		if !found || b.Len() > document.MaxExpandedBytes {
			return b.String()
		}
		var name, behind string
		if inner, ok := strings.CutPrefix(rest, "{"); ok {
			name, behind, ok = strings.Cut(inner, "}")
			if !ok {
				return b.String() + "$"
			}
		} else {
			end := 0
			for end < len(rest) && (document.IsNameByte(rest[end]) && rest[end] != '-' && rest[end] != '.') {
				end++
			}
			name, behind = rest[:end], rest[end:]
		}
		name, fallback, hasFallback := strings.Cut(name, ":")
		value, known := d.args[name]
		switch {
		case strings.HasPrefix(fallback, "+"):
			value, known = "", known && value != ""
			if known {
				value = fallback[1:]
			}
			known = true
		case hasFallback && value == "" && strings.HasPrefix(fallback, "-"):
			value, known = fallback[1:], true
		}
		if !known || len(value) > document.MaxExpandedBytes {
			value = "$"
		}
		b.WriteString(value)
		text = behind
	}
}
