package key

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
)

// MatchPuTTY reads a PuTTY key file from its first line on. Only a key that is not encrypted is a leak.
func (t *Keys) MatchPuTTY(start, end int) {
	if string(t.Data[start:end]) != "PuTTY-User-Key-File-" || end == len(t.Data) || !ascii.Is(t.Data[end], ascii.ClassDigit) {
		return
	}
	window := t.Data[end:min(len(t.Data), end+maxPEM)]
	mac := bytes.Index(window, []byte("Private-MAC:"))
	lines := bytes.Index(window, []byte("Private-Lines:"))
	if lines < 0 || !bytes.Contains(window[:lines], []byte("Encryption: none")) {
		return
	}
	stop := len(window)
	if mac > lines {
		stop = mac
	}
	if key := t.keyText(window[lines:stop]); len(key) < 40 || !ascii.Diverse(key, 16) {
		return
	}
	t.found.EmitID("PUTTY_PRIVATE_KEY", start, end+stop, t.fixture(check.Verdict{
		Confidence: scan.ConfidenceCertain, Note: "The key can be read without a passphrase.",
	}))
}
