package advisory

import (
	"encoding/json"
	"fmt"
	"strings"

	gocvss20 "github.com/pandatix/go-cvss/20"
	gocvss30 "github.com/pandatix/go-cvss/30"
	gocvss31 "github.com/pandatix/go-cvss/31"
	gocvss40 "github.com/pandatix/go-cvss/40"

	"github.com/sluice-scan/sluice/scan"
)

// rate fills in Severity, Score and Rated: from CVSS 4, then 3, then 2, else from the database's own rating, in the
// order of specifics. Without any rating, Severity is MEDIUM and Rated is empty.
func (a *Advisory) rate(severities []wireSeverity, specifics ...json.RawMessage) {
	if a.Malicious() {
		a.Severity, a.Rated = scan.SeverityCritical, "malware"
		return
	}
	for _, kind := range []string{"CVSS_V4", "CVSS_V3", "CVSS_V2"} {
		for _, s := range severities {
			if s.Type != kind {
				continue
			}
			if score, version, err := baseScore(s.Score); err == nil && score > 0 {
				a.Score, a.Severity, a.Rated = score, byScore(score), "CVSS "+version
				return
			}
		}
	}
	for _, specific := range specifics {
		if a.rateByWord(specific) {
			return
		}
	}
	a.Severity = scan.SeverityMedium
}

// rateByWord reads the fields in which databases keep their own ratings.
func (a *Advisory) rateByWord(specific json.RawMessage) bool {
	if len(specific) == 0 {
		return false
	}
	var wire struct {
		Severity      any `json:"severity"`
		CVSS          any `json:"cvss"`
		Informational any `json:"informational"`
	}
	if json.Unmarshal(specific, &wire) != nil {
		return false
	}
	if vector, ok := wire.CVSS.(string); ok {
		if score, version, err := baseScore(vector); err == nil && score > 0 {
			a.Score, a.Severity, a.Rated = score, byScore(score), "CVSS "+version
			return true
		}
	}
	if word, ok := wire.Severity.(string); ok {
		if severity, ok := words[strings.ToUpper(word)]; ok {
			a.Severity, a.Rated = severity, "database"
			return true
		}
	}
	// RustSec's notes on unmaintained packages are not vulnerabilities.
	if word, ok := wire.Informational.(string); ok && word != "" {
		a.Severity, a.Rated = scan.SeverityLow, "database"
		return true
	}
	return false
}

// words are the severities of GitHub's advisories and of others with the same scale.
var words = map[string]scan.Severity{
	"CRITICAL": scan.SeverityCritical, "HIGH": scan.SeverityHigh, "IMPORTANT": scan.SeverityHigh, "MODERATE": scan.SeverityMedium,
	"MEDIUM": scan.SeverityMedium, "LOW": scan.SeverityLow, "MINOR": scan.SeverityLow, "NEGLIGIBLE": scan.SeverityLow,
}

// byScore is the qualitative scale of CVSS 3.1 and 4.0, section 5 and 6 (https://www.first.org/cvss/).
func byScore(score float64) scan.Severity {
	switch {
	case score >= 9:
		return scan.SeverityCritical
	case score >= 7:
		return scan.SeverityHigh
	case score >= 4:
		return scan.SeverityMedium
	}
	return scan.SeverityLow
}

// baseScore computes the score of a vector of any version. For version 4 it is the score of the whole vector, including
// threat and environmental metrics, because version 4 has no separate base score.
func baseScore(vector string) (score float64, version string, err error) {
	vector = strings.TrimSpace(vector)
	switch {
	case strings.HasPrefix(vector, "CVSS:4.0/"):
		v, err := gocvss40.ParseVector(vector)
		if err != nil {
			return 0, "", err
		}
		return v.Score(), "4.0", nil
	case strings.HasPrefix(vector, "CVSS:3.1/"):
		v, err := gocvss31.ParseVector(vector)
		if err != nil {
			return 0, "", err
		}
		return v.BaseScore(), "3.1", nil
	case strings.HasPrefix(vector, "CVSS:3.0/"):
		v, err := gocvss30.ParseVector(vector)
		if err != nil {
			return 0, "", err
		}
		return v.BaseScore(), "3.0", nil
	case strings.HasPrefix(vector, "AV:"), strings.HasPrefix(vector, "("):
		v, err := gocvss20.ParseVector(strings.Trim(vector, "()"))
		if err != nil {
			return 0, "", err
		}
		return v.BaseScore(), "2.0", nil
	}
	return 0, "", fmt.Errorf("not a CVSS vector")
}
