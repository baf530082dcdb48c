package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
)

// undecisive lists the settings that do not affect the findings, by field, with the reason.
var undecisive = map[string]string{
	"FailOn":        "it decides what blocks",
	"FailScope":     "it decides what blocks",
	"WriteBaseline": "it is a file that is written",
	"ScanTimeout":   "a scan that runs out of time has no result",
	"CacheDir":      "what is remembered is what would be found",
	"Jobs":          "the result is the same at any number",
}

// Hash identifies the settings that affect the findings: 16 hex digits. It ignores all other settings. It includes the
// content of the files in RULES and CODE_RULES, which read returns, or the fact that a file cannot be read.
func (c *ScanConfig) Hash(read func(path string) ([]byte, error)) string {
	sum := sha256.New()
	fields := reflect.ValueOf(c).Elem()
	for i := range fields.NumField() {
		name := fields.Type().Field(i).Name
		if _, ok := undecisive[name]; !ok {
			_, _ = fmt.Fprintf(sum, "%s=%#v\n", name, fields.Field(i).Interface()) // a hash never fails
		}
	}
	paths := slices.Clone(c.Rules)
	for _, name := range c.CodeRules {
		if folder, files, err := diskRules(name, name); folder && err == nil {
			paths = append(paths, files...)
		} else {
			paths = append(paths, name)
		}
	}
	for _, path := range paths {
		data, err := read(path)
		content := sha256.Sum256(data)
		_, _ = fmt.Fprintf(sum, "%t %x\n", err == nil, content)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
