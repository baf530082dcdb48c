package connection

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// keptFiles is the number of files in a Reader's cache: requests usually read a few files, line after line.
const keptFiles = 8

// Reader reads single files of repositories for the API and the pages. It caches the last few in memory, and writes nothing to disk.
// It is safe for concurrent use.
type Reader struct {
	connection Opener

	mu sync.Mutex
	// kept is in the order of use, the most recent one first.
	kept []keptFile
}

type keptFile struct {
	location, commit, path string
	content                *scan.Content
}

// NewReader returns a reader for a connection's repositories.
func NewReader(c Opener) *Reader { return &Reader{connection: c} }

// Line returns one line, counted from 1, of a file in a commit as scans see it, without its line feed; a carriage return
// before that stays.
func (r *Reader) Line(ctx context.Context, location, commit, path string, line int) (string, error) {
	content, err := r.Content(ctx, location, commit, path)
	if err != nil {
		return "", err
	}
	data := content.Data
	for ; line > 1; line-- {
		_, after, ok := bytes.Cut(data, []byte{'\n'})
		if !ok {
			return "", errors.New("the file has fewer lines")
		}
		data = after
	}
	text, _, _ := bytes.Cut(data, []byte{'\n'})
	return string(text), nil
}

// File returns the content of a file at the head of a branch. It is nil if the file or the branch does not exist, or if
// the name of the branch is empty, as for the default branch of an empty repository.
func (r *Reader) File(ctx context.Context, location, branch, path string) ([]byte, error) {
	if branch == "" {
		return nil, nil
	}
	data, _, err := r.read(ctx, location, "refs/heads/"+branch, path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) || errors.Is(err, git.ErrUnknownRevision) {
		return nil, nil
	}
	return data, err
}

// Content returns a file of a commit as scans see it. Callers must not change it.
func (r *Reader) Content(ctx context.Context, location, commit, path string) (*scan.Content, error) {
	r.mu.Lock()
	for i, f := range r.kept {
		if f.location == location && f.commit == commit && f.path == path {
			r.kept = slices.Insert(slices.Delete(r.kept, i, i+1), 0, f)
			r.mu.Unlock()
			return f.content, nil
		}
	}
	r.mu.Unlock()
	data, hash, err := r.read(ctx, location, commit, path)
	if err != nil {
		return nil, err
	}
	content := scan.ContentOf(scan.File{Path: path}, data)
	if hash == commit {
		r.mu.Lock()
		r.kept = slices.Insert(r.kept, 0, keptFile{location, commit, path, content})
		r.kept = r.kept[:min(len(r.kept), keptFiles)]
		r.mu.Unlock()
	}
	return content, nil
}

func (r *Reader) read(ctx context.Context, location, revision, path string) (data []byte, hash string, err error) {
	if kept, ok := r.connection.(Keeper); ok && !strings.HasPrefix(revision, "refs/") {
		if dir, release, ok := kept.Kept(location); ok {
			data, hash, err := readIn(ctx, dir, revision, path)
			release()
			if !errors.Is(err, git.ErrUnknownRevision) {
				return data, hash, err
			}
		}
	}
	dir, release, err := r.connection.Open(ctx, location)
	if err != nil {
		return nil, "", err
	}
	defer release()
	return readIn(ctx, dir, revision, path)
}

// readIn reads a file of a repository in a folder.
func readIn(ctx context.Context, dir, revision, path string) (data []byte, hash string, err error) {
	commit, err := git.OpenCommit(ctx, dir, revision)
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", path, err)
	}
	data, err = commit.ReadFile(path)
	return data, commit.Hash, errors.Join(err, commit.Close())
}
