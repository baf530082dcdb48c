package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

func TestHookMode(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		own, err := s.Settings.SetHookMode(t.Context(), "PAY", true)
		require.NoError(t, err)
		require.False(t, own)
		h, err := s.Settings.HookSetting(t.Context(), "PAY")
		require.NoError(t, err)
		require.Nil(t, h, "it inherits as before")
		require.NoError(t, s.Settings.SetHook(t.Context(), "PAY", false, nil))
		own, err = s.Settings.SetHookMode(t.Context(), "PAY", true)
		require.NoError(t, err)
		require.True(t, own)
		h, err = s.Settings.HookSetting(t.Context(), "PAY")
		require.NoError(t, err)
		require.Equal(t, &settings.HookSetting{Warn: true}, h, "a disabled hook stays disabled")
	})
}

// TestReviewsThatCount: the reviews of the repository and the global ones, until they expire.
func TestReviewsThatCount(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1", "web: main=1"))
		for scope, texts := range map[string][]reviews.NewReview{
			"":    {{Text: "global"}, {Text: "global ended", Expires: time.Now().Add(-time.Hour)}},
			"api": {{Text: "own"}, {Text: "own lasting", Expires: time.Now().Add(time.Hour)}, {Text: "own ended", Expires: time.Now().Add(-time.Hour)}},
			"web": {{Text: "other"}},
		} {
			id := int64(0)
			if scope != "" {
				r, err := s.Catalog.Repository(t.Context(), everything, "PAY", scope)
				require.NoError(t, err)
				id = r.ID
			}
			_, err := s.Reviews.Add(t.Context(), sealer{}, id, "admin", texts)
			require.NoError(t, err)
		}
		api, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		var texts []string
		require.NoError(t, s.Reviews.EachThatCounts(t.Context(), api.ID, func(r *reviews.Review) error {
			text, err := r.Text(sealer{})
			texts = append(texts, text)
			return err
		}))
		require.ElementsMatch(t, []string{"global", "own", "own lasting"}, texts)
	})
}

func TestAuditAll(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		require.NoError(t, s.Audit.AddAll(t.Context(), nil))
		require.NoError(t, s.Audit.AddAll(t.Context(), []audit.Event{{Actor: "git", Action: "one"}, {Actor: "git", Action: "two", Detail: "x\x00"}}))
		require.NoError(t, s.Audit.Add(t.Context(), &audit.Event{Action: "three"}))
		events, err := s.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, events, 3)
		require.Equal(t, []string{"three", "two", "one"}, []string{events[0].Action, events[1].Action, events[2].Action})
		stopped, stop := context.WithCancel(t.Context())
		stop()
		require.Error(t, s.Audit.AddAll(stopped, []audit.Event{{Action: "four"}}))
		events, err = s.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, events, 3)
	})
}

// TestPlacesWithHooksAndTokensOfAll: lists for the pages of administrators.
func TestPlacesWithHooksAndTokensOfAll(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		list, err := s.Settings.HookSettings(t.Context())
		require.NoError(t, err)
		require.Empty(t, list)
		warn := true
		require.NoError(t, s.Settings.SetHook(t.Context(), "PAY/api", true, &warn))
		require.NoError(t, s.Settings.SetHook(t.Context(), "PAY", false, nil))
		list, err = s.Settings.HookSettings(t.Context())
		require.NoError(t, err)
		require.Equal(t, []settings.PlaceHook{{Place: "PAY"}, {Place: "PAY/api", HookSetting: settings.HookSetting{Enabled: true, Warn: true}}}, list)

		for _, name := range []string{"zoe", "ada"} {
			a := account(t, s, name)
			for _, token := range []string{"one", "two"} {
				_, err := s.Accounts.AddToken(t.Context(), &accounts.Token{AccountID: a.ID, Name: token, Scopes: []string{"read"}}, name+token)
				require.NoError(t, err)
			}
			a.Disabled = name == "zoe"
			require.NoError(t, s.Accounts.Change(t.Context(), a))
		}
		names := func(owner string, page db.Page) (names []string) {
			t.Helper()
			list, err := s.Accounts.AllTokens(t.Context(), owner, page)
			require.NoError(t, err)
			for _, x := range list {
				require.Equal(t, x.Owner == "zoe", x.Disabled)
				require.Equal(t, []string{"read"}, x.Scopes)
				names = append(names, x.Owner+" "+x.Name)
			}
			return names
		}
		require.Equal(t, []string{"ada two", "ada one", "zoe two", "zoe one"}, names("", db.Page{Limit: 10}))
		require.Equal(t, []string{"zoe two"}, names("", db.Page{Start: 2, Limit: 1}))
		require.Equal(t, []string{"zoe two", "zoe one"}, names("ZOE", db.Page{Limit: 10}))
		require.Empty(t, names("eve", db.Page{Limit: 10}))
	})
}
