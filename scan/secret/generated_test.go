package secret

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// Alphabets of password generators.
const (
	// punctuation is all of ASCII's: KeePassXC with every group on, pwgen -sy, AWS Secrets Manager.
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

// generator is a program that makes passwords: its alphabet, and the shortest and longest of its usual lengths.
type generator struct {
	name            string
	classes         []string
	shortest, limit int
}

// generators are common programs with their default alphabets and lengths.
var generators = []generator{
	{"bitwarden", []string{ascii.LowerLetters, ascii.UpperLetters, "0123456789", "!@#$%^&*"}, 14, 20},
	{"keepass", []string{ascii.LowerLetters, ascii.UpperLetters, "0123456789", punctuation}, 16, 32},
	{"pwgen", []string{ascii.LowerLetters, ascii.UpperLetters, "0123456789", punctuation}, 12, 16},
	{"onepassword", []string{ascii.LowerLetters, ascii.UpperLetters, "0123456789", "!#%)*+,-.:=>?@]^_}{~"}, 16, 24},
	{"terraform", []string{ascii.LowerLetters, ascii.UpperLetters, "0123456789", "!@#$%&*()-_=+[]{}<>:?"}, 16, 24},
	{"chrome", []string{"abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-_.:!"}, 15, 15},
}

// password draws a password in which every class of the alphabet occurs.
func (g *generator) password(random *rand.Rand) string {
	all := strings.Join(g.classes, "")
	b := make([]byte, g.shortest+random.IntN(g.limit-g.shortest+1))
	for i := range b {
		b[i] = all[random.IntN(len(all))]
	}
	for i, at := range random.Perm(len(b))[:len(g.classes)] {
		b[at] = g.classes[i][random.IntN(len(g.classes[i]))]
	}
	return string(b)
}

// written is a kind of file that holds passwords.
type written struct {
	name, path string
	// among is true when the words around the password could belong to it. Once in a thousand nobody can tell.
	among bool
	// before and behind are the beginning and the end of the file.
	before, behind string
	// line is one entry with two verbs: a name, and the password as write returns it.
	line string
	// write returns the password as the file writes it; ok is false when the format cannot write it like this.
	write func(password string) (text string, ok bool)
}

func asIs(password string) (string, bool) { return password, true }

// without writes passwords as they are, unless they contain one of the texts.
func without(texts ...string) func(string) (string, bool) {
	return func(password string) (string, bool) {
		return password, !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(password, text) })
	}
}

func escapedBy(pairs ...string) func(string) (string, bool) {
	r := strings.NewReplacer(pairs...)
	return func(password string) (string, bool) { return r.Replace(password), true }
}

func plainScalar(password string) (string, bool) {
	if strings.IndexByte("!&*|>@`%#{}[],\"'?:-", password[0]) >= 0 || strings.HasSuffix(password, ":") {
		return "", false
	}
	return password, true
}

func unquoted(password string) (string, bool) {
	return password, strings.IndexByte("\"'`", password[0]) < 0
}

// formats are those that define where a value ends.
var formats = []written{
	{name: "properties", path: "app/application.properties", line: "%s.password=%s\n", write: escapedBy(`\`, `\\`)},
	{name: "properties, spaced", path: "conf/db.properties", line: "%s.password = %s\n", write: escapedBy(`\`, `\\`)},
	{name: "dotenv", path: "deploy/.env", line: "%s_PASSWORD=%s\n", write: unquoted},
	{name: "docker env file", path: "deploy/prod.env", line: "%s_PASSWORD=%s\n", write: asIs},
	{name: "systemd environment file", path: "etc/default/app.conf", line: "%s_PASSWORD=%s\n", write: unquoted},
	{name: "yaml plain", path: "config/app.yml", line: "  %s_password: %s\n", write: plainScalar},
	{name: "yaml single", path: "config/app.yaml", line: "  %s_password: '%s'\n", write: escapedBy("'", "''")},
	{name: "yaml double", path: "config/app.yaml", line: "  %s_password: \"%s\"\n", write: escapedBy(`\`, `\\`, `"`, `\"`)},
	{name: "ini", path: "config/app.ini", before: "[db]\n", line: "%s_password = %s\n", write: unquoted},
	{name: "toml", path: "config/app.toml", before: "[db]\n", line: "%s_password = \"%s\"\n", write: escapedBy(`\`, `\\`, `"`, `\"`)},
	{name: "toml literal", path: "config/app.toml", before: "[db]\n", line: "%s_password = '%s'\n", write: without("'")},
	{name: "my.cnf", path: "root/.my.cnf", before: "[client]\n", line: "user = %s\npassword = %s\n", write: unquoted},
	{name: "pgpass", path: "root/.pgpass", line: "db.acme.io:5432:%s:ann:%s\n", write: escapedBy(`\`, `\\`, `:`, `\:`)},
	{name: "xml text", path: "conf/app.xml", before: "<c>\n", behind: "</c>\n", line: "<%[1]s-password>%[2]s</%[1]s-password>\n", write: escapedBy("&", "&amp;", "<", "&lt;", ">", "&gt;")},
	{name: "xml attribute", path: "conf/app.xml", before: "<c>\n", behind: "</c>\n", line: "<u name=\"%s\" password=\"%s\"/>\n", write: escapedBy("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")},
	{name: "csv", path: "export/users.csv", before: "name,url,username,password\n", line: "%s,https://acme.io/,ann,%s\n", write: func(p string) (string, bool) {
		if strings.ContainsAny(p, ",\"") {
			return `"` + strings.ReplaceAll(p, `"`, `""`) + `"`, true
		}
		return p, true
	}},
	{name: "shell single", path: "bin/deploy.sh", line: "export %s_PASSWORD='%s'\n", write: escapedBy("'", `'\''`)},
	{name: "shell double", path: "bin/deploy.sh", line: "export %s_PASSWORD=\"%s\"\n", write: escapedBy(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`")},
	{name: "shell bare", path: "bin/deploy.sh", line: "export %s_PASSWORD=%s\n", write: func(p string) (string, bool) {
		var b strings.Builder
		for _, c := range []byte(p) {
			if strings.IndexByte("\"'`\\$&|;<>()*?[]{}!#~ ", c) >= 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		}
		return b.String(), true
	}},
	{name: "url", path: "config/services.txt", line: "https://%s:%s@db.acme.io/x\n", write: func(p string) (string, bool) {
		var b strings.Builder
		for _, c := range []byte(p) {
			if strings.IndexByte(ascii.LowerLetters+ascii.UpperLetters+"0123456789-._~!$&'()*+,;=", c) >= 0 {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
		return b.String(), true
	}},
	{name: "prose", path: "docs/runbook.txt", line: "Account %s\nPassword: %s\n\n", write: unquoted},
	{name: "prose, is", path: "docs/notes.txt", line: "For host %s the password is %s\n", write: unquoted},
	{name: "json", path: "config/app.json", before: "{\n", behind: "  \"a\": 1}\n", line: "  \"%s_password\": \"%s\",\n", write: escapedBy(`\`, `\\`, `"`, `\"`)},
	{name: "python", path: "src/settings.py", line: "%s_password = \"%s\"\n", write: escapedBy(`\`, `\\`, `"`, `\"`)},
	{name: "java", path: "src/A.java", line: "String %sPassword = \"%s\";\n", write: escapedBy(`\`, `\\`, `"`, `\"`)},
	{name: "connection string", path: "config/db.txt", line: "Server=%s;User Id=ann;Password=%s;Database=shop\n", write: without(";", "\"", "'")},
}

// spots are further places in which people write passwords.
var spots = []written{
	{name: "environment file without an extension", among: true, path: "etc/sysconfig/app", line: "%s_PASSWORD=%s\n", write: asIs},
	{name: "ini, tight", path: "my.ini", before: "[a]\n", line: "%s.password=%s\n", write: unquoted},
	{name: "ini, colon", path: "etc/app.cfg", before: "[a]\n", line: "%s_password: %s\n", write: unquoted},
	{name: "ini, quoted", path: "php.ini", before: "[a]\n", line: "%s.password = \"%s\"\n", write: without("\"")},
	{name: "yaml list", path: "docker-compose.yml", line: "      - %s_PASSWORD=%s\n", write: plainScalar},
	{name: "yaml flow", path: "a.yaml", line: "  x: {%s: 1, password: '%s'}\n", write: escapedBy("'", "''")},
	{name: "markdown", path: "README.md", line: "Account %s\n\nPassword: %s\n\n", write: unquoted},
	{name: "markdown, code", among: true, path: "README.md", line: "- %s password: `%s`\n", write: without("`")},
	{name: "prose, goes on", among: true, path: "notes.txt", line: "The login of %s is ann, password: %s and the port is 5432.\n", write: unquoted},
	{name: "prose, equals", among: true, path: "notes.txt", line: "for %s use password=%s please\n", write: unquoted},
	{name: "log", among: true, path: "app.log", line: "INFO host=%s user=ann password=%s ok=true\n", write: unquoted},
	{name: "csv, pairs", path: "a.csv", before: "key,value\n", line: "%s_password,%s\n", write: without(",", "\"")},
	{name: "csv, semicolons", path: "a.csv", before: "host;password;note\n", line: "%s;%s;x\n", write: without(";", "\"")},
	{name: "tsv", path: "a.tsv", before: "host\tpassword\n", line: "%s\t%s\n", write: without("\"")},
	{name: "shell command", path: "run.sh", line: "# %s\nPGPASSWORD='%s' psql -h db\n", write: escapedBy("'", `'\''`)},
	{name: "dockerfile", path: "Dockerfile", line: "ENV %s_PASSWORD=\"%s\"\n", write: escapedBy(`\`, `\\`, `"`, `\"`, `$`, `\$`)},
	{name: "systemd unit", among: true, path: "app.service", before: "[Service]\n", line: "Environment=\"%s_PASSWORD=%s\"\n", write: without("\"", "\\", "%")},
	{name: "raw url", path: "a.txt", line: "postgres://%s:%s@db.acme.io:5432/x\n", write: without("@", "/", "#", "?", "%", "<", ">", "\"", "`", "\\", "|", "'", "://", "[", "]")},
	{name: "form", path: "a.http", line: "username=%s&password=%s\n", write: func(p string) (string, bool) { return url.QueryEscape(p), true }},
	{name: "terraform", path: "a.tfvars", line: "%s_password = \"%s\"\n", write: escapedBy(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{")},
	{name: "go", path: "a.go", line: "\t%sPassword := \"%s\"\n", write: escapedBy(`\`, `\\`, `"`, `\"`)},
	{name: "php", path: "a.php", line: "$%s_password = '%s';\n", write: escapedBy(`\`, `\\`, `'`, `\'`)},
	{name: "ruby", path: "a.rb", line: "%s_password: '%s',\n", write: escapedBy(`\`, `\\`, `'`, `\'`)},
	{name: "c#", path: "a.cs", line: "string %sPassword = @\"%s\";\n", write: escapedBy(`"`, `""`)},
	{name: "powershell", path: "a.ps1", line: "$%sPassword = '%s'\n", write: escapedBy("'", "''")},
	{name: "batch", path: "a.bat", line: "set %s_PASSWORD=%s\r\n", write: without("%", "&", "|", "<", ">", "^", "\"")},
	{name: "npmrc", among: true, path: ".npmrc", line: "//%s/:_password=%s\n", write: unquoted},
	{name: "sql", among: true, path: "a.sql", line: "-- %s\nALTER USER ann WITH PASSWORD '%s';\n", write: escapedBy("'", "''")},
	{name: "curl", path: "a.sh", line: "curl -u '%s:%s' https://acme.io/\n", write: escapedBy("'", `'\''`)},
	{name: "mysql client", path: "a.sh", line: "mysql -h %s -p'%s' shop\n", write: without("'")},
	{name: "flag", path: "bin/run.sh", line: "tool --host %s --password '%s'\n", write: escapedBy("'", `'\''`)},
}

// entry returns the name and the line of the n-th password of a file.
func (w *written) entry(n int, password string) (line string, start, end int, ok bool) {
	text, ok := w.write(password)
	if !ok {
		return "", 0, 0, false
	}
	name := string(rune('a'+n/26%26)) + string(rune('a'+n%26)) + "base"
	const mark = "\x00"
	line = fmt.Sprintf(w.line, name, mark)
	start = strings.Index(line, mark)
	end = start + len(text)
	if w.name == "csv" && text[0] == '"' {
		// The quotes of a field do not belong to it.
		start, end = start+1, end-1
	}
	return strings.Replace(line, mark, text, 1), start, end, true
}

// tally counts the outcomes for the passwords of one generator in one kind of file.
type tally struct{ all, missed, cut, wide int }

func measureGenerated(tb testing.TB, d *Detector, g *generator, w *written, count int, tell func(kind, line string)) tally {
	random := rand.New(rand.NewPCG(1, uint64(len(g.name)+len(w.name))))
	var sum tally
	for sum.all < count {
		var file strings.Builder
		file.WriteString(w.before)
		type span struct{ start, end int }
		var spans []span
		for tries := 0; len(spans) < 50 && tries < 500; tries++ {
			line, start, end, ok := w.entry(len(spans), g.password(random))
			if ok {
				spans = append(spans, span{file.Len() + start, file.Len() + end})
				file.WriteString(line)
			}
		}
		file.WriteString(w.behind)
		text := file.String()
		found, err := d.scan(context.Background(), &scan.Content{File: scan.File{Path: w.path}, Data: []byte(text)}, nil, nil)
		require.NoError(tb, err)
		for _, s := range spans {
			sum.all++
			at := slices.IndexFunc(found, func(f scan.Finding) bool { return f.Start < s.end && s.start < f.End })
			line := text[strings.LastIndexByte(text[:s.start], '\n')+1 : s.end+min(20, len(text)-s.end)]
			switch {
			case at < 0:
				sum.missed++
				tell("missed", line)
			case found[at].Start > s.start || found[at].End < s.end:
				sum.cut++
				tell("cut", line+"  =>  "+text[found[at].Start:found[at].End]+" "+found[at].RuleID)
			case found[at].Start != s.start || found[at].End != s.end:
				sum.wide++
				tell("wide", line+"  =>  "+text[found[at].Start:found[at].End]+" "+found[at].RuleID)
			}
		}
	}
	return sum
}

// writtens are the formats and the spots.
var writtens = slices.Concat(formats, spots)

// A password from a generator is found as a whole in every format.
func TestGeneratedPasswordsAreFoundWhole(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	check := func(w *written, count, cut int) {
		for j := range generators {
			var samples []string
			sum := measureGenerated(t, d, &generators[j], w, count, func(kind, line string) {
				if len(samples) < 5 {
					samples = append(samples, kind+": "+line)
				}
			})
			require.LessOrEqual(t, sum.missed, sum.all*3/100, "%s in %s: %q", generators[j].name, w.name, samples)
			require.LessOrEqual(t, sum.cut, cut, "%s in %s: %q", generators[j].name, w.name, samples)
		}
	}
	for i := range formats {
		check(&formats[i], 1000, 0)
	}
	for i := range spots {
		cut := 0
		if spots[i].among {
			cut = 1
		}
		check(&spots[i], 300, cut)
	}
}
