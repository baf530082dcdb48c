package hook

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

func TestAgain(t *testing.T) {
	t.Parallel()
	missing := fmt.Errorf("read: %w", git.ErrMissingObject)
	other := errors.New("other")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, c := range map[string]struct {
		stopped bool
		errs    []error
		tries   int
		want    error
	}{
		"well":          {false, []error{nil}, 1, nil},
		"moved":         {false, []error{missing, nil}, 2, nil},
		"really gone":   {false, []error{missing, missing}, 2, missing},
		"another error": {false, []error{other}, 1, other},
		"stopped":       {true, []error{missing}, 1, missing},
	} {
		ctx, tries := t.Context(), 0
		if c.stopped {
			ctx = stopped
		}
		_, err := again(ctx, func() (*Report, error) {
			tries++
			return &Report{}, c.errs[tries-1]
		})
		require.Equal(t, c.tries, tries, name)
		require.Equal(t, c.want, err, name)
	}
}
