package rule

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// Sample is a text that shows when a rule fires, or when it does not, written so that no scanner takes the rule file
// itself for a leak:
//
//   - "¦" stands for nothing, and breaks up what would else be a credential;
//   - "⟦hex 40⟧" stands for 40 characters of an alphabet (digit, hex, HEX, lower, upper, upperdigit,
//     lowerdigit, alpha, alnum, url, base64, base32), the same ones whenever it is read;
//   - "⟦uuid⟧" stands for a random UUID;
//   - "⟦encode TEXT⟧" and "⟦encodeurl TEXT⟧" stand for TEXT in base64, padded, and in URL-safe base64 without padding.
//
// Forms nest, and the innermost is read first.
type Sample string

const (
	SampleBreak = "¦"
	sampleOpen  = "⟦"
	sampleClose = "⟧"
)

// sampleAlphabets are the alphabets by their names in samples.
var sampleAlphabets = map[string]string{
	"digit":      ascii.Decimals,
	"hex":        ascii.Decimals + "abcdef",
	"HEX":        ascii.Decimals + "ABCDEF",
	"lower":      ascii.LowerLetters,
	"upper":      ascii.UpperLetters,
	"lowerdigit": ascii.Decimals + ascii.LowerLetters,
	"upperdigit": ascii.Decimals + ascii.UpperLetters,
	"alpha":      ascii.UpperLetters + ascii.LowerLetters,
	"alnum":      ascii.Alphanumeric,
	"url":        ascii.Alphanumeric + "-_",
	"base64":     ascii.Alphanumeric + "+/",
	"base32":     ascii.UpperLetters + "234567",
}

// Text returns the text that the sample stands for. The error names a form that it does not know.
func (s Sample) Text() (string, error) {
	text := strings.ReplaceAll(string(s), SampleBreak, "")
	seed := uint64(len(text))*2654435761 + 12345
	for {
		end := strings.Index(text, sampleClose)
		if end < 0 {
			return text, nil
		}
		start := strings.LastIndex(text[:end], sampleOpen)
		if start < 0 {
			return "", fmt.Errorf("sample: %q without %q", sampleClose, sampleOpen)
		}
		value, err := expand(text[start+len(sampleOpen):end], &seed)
		if err != nil {
			return "", err
		}
		text = text[:start] + value + text[end+len(sampleClose):]
	}
}

// expand returns the text of one form.
func expand(form string, seed *uint64) (string, error) {
	name, argument, _ := strings.Cut(form, " ")
	switch name {
	case "encode":
		return base64.StdEncoding.EncodeToString([]byte(argument)), nil
	case "encodeurl":
		return base64.RawURLEncoding.EncodeToString([]byte(argument)), nil
	case "uuid":
		digits := randomText("0123456789abcdef", 32, seed)
		return digits[:8] + "-" + digits[8:12] + "-4" + digits[13:16] + "-a" + digits[17:20] + "-" + digits[20:], nil
	}
	alphabet, ok := sampleAlphabets[name]
	length, err := strconv.Atoi(argument)
	if !ok || err != nil || length < 1 || length > 4096 {
		return "", fmt.Errorf("sample: %q is no form", form)
	}
	return randomText(alphabet, length, seed), nil
}

// randomText draws from a splitmix64 generator with a fixed seed, so that a sample never changes under a test.
func randomText(alphabet string, length int, seed *uint64) string {
	text := make([]byte, length)
	for i := range text {
		*seed += 0x9e3779b97f4a7c15
		z := *seed
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		text[i] = alphabet[(z^z>>31)%uint64(len(alphabet))]
	}
	return string(text)
}
