package hook

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestAgain(t *testing.T) {
	t.Parallel()
	missing := fmt.Errorf("read: %w", scan.ErrMissingObject)
	other := errors.New("other")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, c := range map[string]struct {
		ctx   context.Context
		errs  []error
		tries int
		want  error
	}{
		"well":          {t.Context(), []error{nil}, 1, nil},
		"moved":         {t.Context(), []error{missing, nil}, 2, nil},
		"really gone":   {t.Context(), []error{missing, missing}, 2, missing},
		"another error": {t.Context(), []error{other}, 1, other},
		"stopped":       {stopped, []error{missing}, 1, missing},
	} {
		tries := 0
		_, err := again(c.ctx, func() (*Report, error) {
			tries++
			return &Report{}, c.errs[tries-1]
		})
		require.Equal(t, c.tries, tries, name)
		require.Equal(t, c.want, err, name)
	}
}
