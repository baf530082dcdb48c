package mirror

import (
	"bytes"
	"context"
	"errors"
	"strings"
)

// maxHeads limits the list of branches of one repository, in bytes: about 200,000 branches.
const maxHeads = 32 << 20

// errManyHeads means that a repository has more branches than are read.
var errManyHeads = errors.New("the repository has too many branches to read them")

// list keeps an output of limited length. It does not embed its buffer, whose ReadFrom would go past Write.
type list struct {
	text bytes.Buffer
	over bool
}

func (l *list) Write(p []byte) (int, error) {
	if l.text.Len()+len(p) > maxHeads {
		l.over = true
		return 0, errManyHeads
	}
	return l.text.Write(p)
}

// Heads asks a remote for its branches and changes nothing on disk. It returns the hash by reference, refs/heads/NAME. The
// names are as the remote sent them.
func (m *Mirrors) Heads(ctx context.Context, from Remote) (map[string]string, error) {
	if err := from.check(); err != nil {
		return nil, err
	}
	known, err := from.known(ctx)
	if err != nil {
		return nil, err
	}
	defer known.drop()
	out := &list{}
	if err := m.runTo(ctx, out, known, "ls-remote", "--quiet", "--heads", "--end-of-options", from.URL); err != nil {
		if out.over {
			err = errManyHeads
		}
		return nil, err
	}
	heads := map[string]string{}
	for line := range strings.SplitSeq(out.text.String(), "\n") {
		if hash, ref, ok := strings.Cut(line, "\t"); ok {
			heads[ref] = hash
		}
	}
	return heads, nil
}
