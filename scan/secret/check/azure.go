package check

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
)

// azureMarker raises the confidence of keys that carry the fixed text of Azure's identifiable keys
// (https://github.com/microsoft/security-utilities).
func azureMarker(data []byte, start, end int) Verdict {
	if !ascii.Diverse(data[start:end], 16) {
		return Verdict{Drop: true}
	}
	if bytes.Contains(data[start:end], []byte("JQQJ9")) {
		return Verdict{Confidence: scan.ConfidenceCertain, Note: "It carries Azure's fixed marker."}
	}
	return Verdict{}
}

// azureSignatures are the fixed texts in the keys of Azure's services.
var azureSignatures = [][]byte{[]byte("+ASt"), []byte("+ASb"), []byte("+AEh"), []byte("+ARm"), []byte("ACDb"), []byte("AIoT")}

// storageKey expects a key of 32 or 64 bytes. Newer keys carry the signature of their service. The key of the emulator
// is public.
func storageKey(data []byte, start, end int) Verdict {
	key := data[start:end]
	if bytes.HasPrefix(key, []byte("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuF")) {
		return Verdict{Refused: true}
	}
	if !ascii.Diverse(key, 12) {
		return Verdict{Drop: true}
	}
	for _, signature := range azureSignatures {
		if bytes.Contains(key, signature) {
			return Verdict{Confidence: scan.ConfidenceCertain, Note: "It carries Azure's fixed marker."}
		}
	}
	if n := len(coding.DecodeBase64(key)); n != 32 && n != 64 {
		return Verdict{Confidence: scan.ConfidenceMedium}
	}
	return Verdict{}
}

// sharedAccessSignature expects the other parameters of a shared access signature before "sig=" in the same URL.
func sharedAccessSignature(data []byte, start, end int) Verdict {
	before := data[ascii.LineStart(data, start, 300):start]
	if !bytes.Contains(before, []byte("sv=")) && !bytes.Contains(before, []byte("se=")) || !ascii.Diverse(data[start:end], 16) {
		return Verdict{Drop: true}
	}
	return Verdict{}
}
