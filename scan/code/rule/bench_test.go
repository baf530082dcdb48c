package rule

import (
	"fmt"
	"strings"
	"testing"
)

// many makes a file of n rules of the length that published ones have.
func many(n int) []byte {
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range n {
		fmt.Fprintf(&b, `- id: python.framework.security.rule-%d
  message: >-
    The call of $FUNC takes data of the request and builds a command of it. A caller can run commands on
    the server. Use a list of arguments and do not start a shell, or check the data against a list of known values.
  metadata:
    cwe:
    - "CWE-78: Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')"
    owasp:
    - A01:2017 - Injection
    - A03:2021 - Injection
    references:
    - https://cwe.mitre.org/data/definitions/78.html
    category: security
    technology: [python, flask]
    confidence: MEDIUM
    likelihood: HIGH
    impact: HIGH
  languages: [python]
  severity: ERROR
  patterns:
  - pattern-either:
    - pattern: subprocess.$FUNC(..., shell=True, ...)
    - pattern: os.system%d($CMD, ...)
    - patterns:
      - pattern: |
          $P = popen.Popen%d($CMD, ...)
          ...
          $P.wait()
      - pattern-not: |
          $P = popen.Popen%d("...", ...)
  - pattern-inside: |
      def $VIEW(..., $REQ, ...):
        ...
  - pattern-not-inside: |
      if __name__ == "__main__":
        ...
  - metavariable-regex:
      metavariable: $FUNC
      regex: ^(call|run|Popen|check_output%d)$
  - metavariable-comparison:
      comparison: len($CMD) > %d
  - focus-metavariable: $CMD
`, i, i, i, i, i%500, i)
	}
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	data := many(10_000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		rules, refused := Parse("rules.yaml", data)
		if len(rules) != 10_000 || len(refused) != 0 {
			b.Fatal(len(rules), refused[:min(3, len(refused))])
		}
	}
}
