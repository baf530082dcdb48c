package code

import (
	"path"
	"strings"
	"unicode"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// weaknesses names the weaknesses that rules often look for. The names follow https://cwe.mitre.org, shortened.
var weaknesses = map[string]string{
	"CWE-22": "Path traversal", "CWE-77": "Command injection", "CWE-78": "Command injection", "CWE-79": "Cross-site scripting", "CWE-88": "Argument injection",
	"CWE-89": "SQL injection", "CWE-90": "LDAP injection", "CWE-94": "Code injection", "CWE-95": "Code injection", "CWE-113": "Header injection",
	"CWE-117": "Log injection", "CWE-209": "Error details shown", "CWE-215": "Debug information shown", "CWE-250": "Too many privileges",
	"CWE-259": "Hard-coded password", "CWE-276": "Wrong permissions", "CWE-295": "Certificate not verified", "CWE-297": "Host name not verified",
	"CWE-311": "Not encrypted", "CWE-319": "Sent in clear text", "CWE-321": "Hard-coded key", "CWE-326": "Weak encryption", "CWE-327": "Broken cipher",
	"CWE-328": "Weak hash", "CWE-330": "Predictable random value", "CWE-338": "Predictable random value", "CWE-347": "Signature not verified",
	"CWE-352": "Cross-site request forgery", "CWE-377": "Insecure temporary file", "CWE-489": "Debug mode on", "CWE-502": "Unsafe deserialization",
	"CWE-601": "Open redirect", "CWE-611": "XML external entities", "CWE-614": "Cookie without Secure", "CWE-643": "XPath injection",
	"CWE-732": "Wrong permissions", "CWE-776": "XML entity expansion", "CWE-798": "Hard-coded credential", "CWE-915": "Mass assignment",
	"CWE-916": "Weak password hash", "CWE-918": "Server-side request forgery", "CWE-942": "Any origin allowed", "CWE-943": "NoSQL injection",
	"CWE-1004": "Cookie without HttpOnly", "CWE-1321": "Prototype pollution", "CWE-1333": "Slow regular expression", "CWE-1336": "Template injection",
}

// titleOf names what a rule finds: by its weakness, else by the last part of its id.
func titleOf(r *rule.Rule) string {
	for _, id := range r.Metadata.CWE {
		if name := weaknesses[id]; name != "" {
			return name
		}
	}
	words := []rune(strings.NewReplacer("-", " ", "_", " ").Replace(path.Ext("." + r.ID)[1:]))
	if len(words) == 0 {
		return r.ID
	}
	words[0] = unicode.ToUpper(words[0])
	return string(words)
}

// describe describes a rule for reports.
func describe(r *rule.Rule) scan.Rule {
	out := scan.Rule{
		ID: r.ID, Engine: Engine, Title: titleOf(r), Description: strings.Join(strings.Fields(r.Message.String()), " "), Remediation: fixOf(r),
		Severity: r.Severity, Weaknesses: r.Metadata.CWE, Categories: r.Metadata.OWASP,
	}
	for _, link := range r.Metadata.References {
		if out.Link = weblink.Safe(link); out.Link != "" {
			break
		}
	}
	return out
}

// fixOf is the replacement that a rule proposes, as a sentence; "" when it proposes nothing.
func fixOf(r *rule.Rule) string {
	switch {
	case strings.TrimSpace(r.Fix) != "":
		return "Proposed by the rule: " + strings.Join(strings.Fields(r.Fix), " ")
	case r.FixRegex != nil:
		return "Proposed by the rule: replace what matches " + r.FixRegex.Regex + " by " + r.FixRegex.Replacement
	}
	return ""
}
