package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
)

// undecisive are the settings that do not decide what a scan finds, by field, and why.
var undecisive = map[string]string{
	"FailOn":        "it decides what blocks",
	"FailScope":     "it decides what blocks",
	"WriteBaseline": "it is a file that is written",
	"ScanTimeout":   "a scan that runs out of time has no result",
	"CacheDir":      "what is remembered is what would be found",
	"Jobs":          "the result is the same at any number",
}

// Hash names what the settings decide to be found: 16 hex digits, other ones for other settings, but for those that decide nothing.
// The files of RULES count with what stands in them, as read gives it; one that cannot be read counts as such.
func (c *ScanConfig) Hash(read func(path string) ([]byte, error)) string {
	sum := sha256.New()
	fields := reflect.ValueOf(c).Elem()
	for i := range fields.NumField() {
		name := fields.Type().Field(i).Name
		if _, ok := undecisive[name]; !ok {
			_, _ = fmt.Fprintf(sum, "%s=%#v\n", name, fields.Field(i).Interface()) // a hash never fails
		}
	}
	for _, path := range c.Rules {
		data, err := read(path)
		content := sha256.Sum256(data)
		_, _ = fmt.Fprintf(sum, "%t %x\n", err == nil, content)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
