package demo

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1" //nolint:gosec // git's own hash (https://git-scm.com/docs/hash-function-transition), here of made-up files
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// bare writes a bare git repository: loose objects and packed references, as https://git-scm.com/book/en/v2/Git-Internals-Git-Objects and
// https://git-scm.com/docs/git-pack-refs describe them. Sluice reads git and has no other use for writing it; the git program may not be there.
type bare struct {
	dir string
	// refs are commits by the name of their branch.
	refs map[string]string
	zlib *zlib.Writer
	// problem is the first error; after it nothing is written.
	problem error
}

// newBare makes an empty repository whose default branch has a name.
func newBare(dir, branch string) (*bare, error) {
	for _, sub := range []string{"objects", filepath.Join("refs", "heads")} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, err
		}
	}
	const config = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n"
	return &bare{dir: dir, refs: map[string]string{}, zlib: zlib.NewWriter(nil)}, errors.Join(
		os.WriteFile(filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/"+branch+"\n"), 0o600),
		os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o600))
}

// object writes an object and returns its hash in hex digits.
func (r *bare) object(kind string, data []byte) string {
	text := append(fmt.Appendf(nil, "%s %d\x00", kind, len(data)), data...)
	sum := sha1.Sum(text) //nolint:gosec // see the import
	hash := hex.EncodeToString(sum[:])
	if r.problem != nil {
		return hash
	}
	path := r.path(hash)
	if _, err := os.Lstat(path); err == nil {
		return hash
	}
	var packed bytes.Buffer
	r.zlib.Reset(&packed)
	_, err := r.zlib.Write(text)
	r.problem = errors.Join(err, r.zlib.Close(), os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, packed.Bytes(), 0o600))
	return hash
}

func (r *bare) path(hash string) string { return filepath.Join(r.dir, "objects", hash[:2], hash[2:]) }

// lose deletes an object, so that the repository is broken there.
func (r *bare) lose(hash string) {
	if err := os.Remove(r.path(hash)); err != nil && !errors.Is(err, fs.ErrNotExist) && r.problem == nil {
		r.problem = err
	}
}

// tree writes files by path, and returns the hash of their tree.
func (r *bare) tree(files map[string]string) string {
	type entry struct{ mode, hash string }
	entries := map[string]entry{}
	below := map[string]map[string]string{}
	for path, text := range files {
		name, rest, nested := strings.Cut(path, "/")
		if !nested {
			entries[name] = entry{"100644", r.object("blob", []byte(text))}
			continue
		}
		if below[name] == nil {
			below[name] = map[string]string{}
		}
		below[name][rest] = text
	}
	for name, sub := range below {
		entries[name] = entry{"40000", r.tree(sub)}
	}
	// Git sorts a folder as if its name ended with a slash.
	sorted := slices.SortedFunc(maps.Keys(entries), func(a, b string) int {
		for _, name := range []*string{&a, &b} {
			if entries[*name].mode == "40000" {
				*name += "/"
			}
		}
		return strings.Compare(a, b)
	})
	var data bytes.Buffer
	for _, name := range sorted {
		raw, _ := hex.DecodeString(entries[name].hash) // object made it
		fmt.Fprintf(&data, "%s %s\x00%s", entries[name].mode, name, raw)
	}
	return r.object("tree", data.Bytes())
}

// change is a commit that is to be made.
type change struct {
	author, message string
	at              time.Time
	files           map[string]string
}

// commit writes a commit on top of another one, "" for none, and returns its hash.
func (r *bare) commit(c *change, parent string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", r.tree(c.files))
	if parent != "" {
		fmt.Fprintf(&b, "parent %s\n", parent)
	}
	email := strings.ToLower(strings.ReplaceAll(c.author, " ", ".")) + "@example.com"
	for _, role := range []string{"author", "committer"} {
		fmt.Fprintf(&b, "%s %s <%s> %d +0000\n", role, c.author, email, c.at.Unix())
	}
	fmt.Fprintf(&b, "\n%s\n", c.message)
	return r.object("commit", []byte(b.String()))
}

// save writes the references.
func (r *bare) save() error {
	var b strings.Builder
	b.WriteString("# pack-refs with: peeled fully-peeled sorted \n")
	for _, name := range slices.Sorted(maps.Keys(r.refs)) {
		fmt.Fprintf(&b, "%s refs/heads/%s\n", r.refs[name], name)
	}
	return errors.Join(r.problem, os.WriteFile(filepath.Join(r.dir, "packed-refs"), []byte(b.String()), 0o600))
}
