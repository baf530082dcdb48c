package settings

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// formBody is a form of settings.
type formBody struct {
	// Action is where it is sent to.
	Action string
	Groups []group
	// Problems counts the fields that are wrong.
	Problems int
}

// generalBody is the page with the settings that have no page of their own.
type generalBody struct {
	sectioned

	Form formBody
}

// form makes a form of settings, as they are stored.
func (s *Pages) form(v *page.Visit, parts []part) (formBody, error) {
	stored, err := s.Values.All(v.Ctx())
	if err != nil {
		return formBody{}, err
	}
	b := formBody{Action: v.Core.BasePath + strings.TrimPrefix(v.Request.URL.Path, v.Core.BasePath)}
	for _, p := range parts {
		g := group{Title: p.title}
		for _, k := range p.known {
			g.Fields = append(g.Fields, newField(k, stored[k.Name]))
		}
		b.Groups = append(b.Groups, g)
	}
	return b, nil
}

// sent is what a form says of a setting. A switch that is off is not sent, but what it was is. given is false for a setting that the form
// does not have, and for one that the person left as it was: somebody else may have changed it meanwhile.
func sent(form url.Values, k *settings.Known) (text string, given bool) {
	was, shown := form["was:"+k.Name]
	text = strings.TrimSpace(form.Get(k.Name))
	switch {
	case k.Kind == settings.KindBool && shown && text == "":
		text = "false"
	case !form.Has(k.Name):
		return "", false
	}
	return text, !shown || text != was[0]
}

// save stores what a form changes, or nothing when something is wrong: then the form says what. saved is false for that.
func (s *Pages) save(v *page.Visit, parts []part) (b formBody, saved bool, err error) {
	if b, err = s.form(v, parts); err != nil {
		return b, false, err
	}
	form := v.Request.PostForm
	values := map[*settings.Known]string{}
	var notes []string
	reset := form.Get("reset")
	for i, p := range parts {
		for j, k := range p.known {
			f := &b.Groups[i].Fields[j]
			switch text, given := sent(form, k); {
			case reset == k.Name:
				values[k] = ""
				notes = append(notes, k.Name+"="+k.Default)
			case reset == "" && given:
				f.set(k, text)
				if k.Kind == settings.KindList {
					text = strings.Join(settings.ListOf(text), ",")
				}
				values[k] = text
				notes = append(notes, k.Name+"="+k.Of(text))
				if f.Problem != "" {
					b.Problems++
				}
			}
		}
	}
	switch {
	case b.Problems > 0:
		return b, false, nil
	case len(values) == 0:
		return b, true, v.Done(b.Action, "settings-same")
	}
	if err := s.Policy.Set(v.Ctx(), values); err != nil {
		return b, false, err
	}
	slices.Sort(notes)
	if err := v.Record("PUT /settings", "", strings.Join(notes, " ")); err != nil {
		return b, false, err
	}
	if reset != "" {
		return b, true, v.Done(b.Action, "setting-reset")
	}
	return b, true, v.Done(b.Action, "settings-saved")
}

func (s *Pages) general(v *page.Visit) error {
	form, err := s.form(v, generalParts)
	if err != nil {
		return err
	}
	return s.showGeneral(v, http.StatusOK, &form)
}

func (s *Pages) saveGeneral(v *page.Visit) error {
	form, saved, err := s.save(v, generalParts)
	if err != nil || saved {
		return err
	}
	return s.showGeneral(v, http.StatusBadRequest, &form)
}

func (s *Pages) showGeneral(v *page.Visit, status int, form *formBody) error {
	return v.Show(status, generalPage, "General settings", generalBody{newSectioned(v, "General", "How this instance scans, what counts, and how long it keeps what."), *form})
}
