package hook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
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
func (s *Server) keep(repository string, a *answer) (err error) {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	data, err := json.MarshalIndent(keptAnswer{s.URL.String(), repository, now().UTC(), *a}, "", "  ")
	if err != nil {
		return err
	}
	// CreateTemp makes files with mode 0600.
	file, err := os.CreateTemp(s.Cache, ".sluice-hook-*")
	if err != nil {
		return err
	}
	_, err = file.Write(append(data, '\n'))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), s.cacheFile(repository))
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
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
		return nil, time.Time{}, fmt.Errorf("%s is damaged, or of something else", name)
	}
	return &k.Settings, k.Time, nil
}
