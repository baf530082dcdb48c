package hook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/sluice-scan/sluice/scan/atomicfile"
)

// keptAnswer is a file of the cache: a server's response about one repository, and its time. It contains no token.
type keptAnswer struct {
	Server     string    `json:"server"`
	Repository string    `json:"repository"`
	Time       time.Time `json:"time"`
	Settings   answer    `json:"settings"`
}

// cacheFile returns the file name for a repository. All repositories can share one folder.
func (s *Server) cacheFile(repository string) string {
	sum := sha256.Sum256([]byte(s.URL.String() + "\n" + repository))
	return filepath.Join(s.Cache, "sluice-hook-"+hex.EncodeToString(sum[:8])+".json")
}

// keep replaces the stored response. Only the owner can read the file. It is complete at any moment, because another
// push may read it.
func (s *Server) keep(repository string, a *answer) error {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	data, err := json.MarshalIndent(keptAnswer{s.URL.String(), repository, now().UTC(), *a}, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(s.cacheFile(repository), atomicfile.Options{}, append(data, '\n'))
}

// kept returns the stored response and its time.
func (s *Server) kept(repository string) (*answer, time.Time, error) {
	name := s.cacheFile(repository)
	data, err := readFile(name, 2*maxAnswer)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, time.Time{}, errors.New("the cache has nothing of this repository")
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("the cache: %w", err)
	}
	var k keptAnswer
	if json.Unmarshal(data, &k) != nil || k.Server != s.URL.String() || k.Repository != repository || k.Settings.check() != nil {
		return nil, time.Time{}, fmt.Errorf("%s is damaged, or not a settings cache", name)
	}
	return &k.Settings, k.Time, nil
}
