package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/cache"
)

// cacheOff is the value of CACHE_DIR that switches the cache off.
const cacheOff = "off"

// openCache opens the cache of clean files. It returns nil if there is none.
func openCache(config *Config, c *Checkout, detectors []scan.Detector) *cache.Cache {
	dir := config.Scan.CacheDir
	if dir == "" || strings.EqualFold(dir, cacheOff) || c.repo == nil {
		return nil
	}
	program, ok := programKey()
	if !ok {
		return nil
	}
	// The key holds everything that decides whether a file has a finding, and what is skipped in an archive.
	var rules []string
	for _, d := range detectors {
		if d, ok := d.(scan.Keyed); ok {
			rules = append(rules, d.Key())
		}
	}
	return cache.Open(dir, fmt.Sprintf("%s\n%s\narchives %t %d\n", program, strings.Join(rules, "\n"), config.Scan.Archives, int64(config.Scan.MaxFileSize)))
}

// programKey identifies the running program. The built-in rules are part of it, and another build may judge a file differently.
func programKey() (string, bool) {
	name, err := os.Executable()
	if err != nil {
		return "", false
	}
	info, err := os.Stat(name)
	if err != nil {
		return "", false
	}
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano()), true
}

// UserCacheDir is the cache folder of the current user: below XDG_CACHE_HOME, or below .cache in the home folder
// (https://specifications.freedesktop.org/basedir-spec/latest/). It is empty when neither is known.
func UserCacheDir(lookup variable.Lookup) string {
	if dir, ok := lookup("XDG_CACHE_HOME"); ok && filepath.IsAbs(dir) {
		return filepath.Join(dir, "sluice")
	}
	if home, ok := lookup("HOME"); ok && filepath.IsAbs(home) {
		return filepath.Join(home, ".cache", "sluice")
	}
	return ""
}
