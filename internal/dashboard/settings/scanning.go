package settings

import (
	"context"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Places are the settings of projects and repositories; see settings.Settings. They are called by many requests at once.
type Places interface {
	OfPlace(ctx context.Context, place string) (map[string]string, error)
	AtPlace(ctx context.Context, k *settings.Known, projectKey, slug string) (string, error)
	SetPlace(ctx context.Context, place string, k *settings.Known, value string) error
}

// scanningChoices are the values that a place may have. The words of the API are in the audit log.
var scanningChoices = []struct{ value, word, api string }{{"", "Inherit", "INHERIT"}, {"true", "On", "ON"}, {"false", "Off", "OFF"}}

// scanningSetting is a setting of a place.
type scanningSetting struct {
	Name, Label, Meaning, Now string
	Choices                   []page.Choice
}

// scanningBody is the page of the scans of a project or a repository.
type scanningBody struct {
	Heading, Key string
	Above        []page.Link
	// What is project or repository.
	What, Action string
	Settings     []scanningSetting
}

func (s *Pages) toScanning(v *page.Visit) string {
	if v.Repository != nil {
		return v.ToRepository(v.Project.Key, v.Repository.Slug) + "/scanning"
	}
	return v.ToProject(v.Project.Key) + "/scanning"
}

// scanning shows when the branches of a place are scanned by themselves.
func (s *Pages) scanning(v *page.Visit) error {
	p, slug := v.Project, ""
	b := scanningBody{Heading: "Scans of " + p.Name, Key: p.Key, What: "project", Action: s.toScanning(v), Above: []page.Link{{Text: "Projects", Path: v.Home()}, {Text: p.Name, Path: v.ToProject(p.Key)}}}
	if r := v.Repository; r != nil {
		slug, b.Heading, b.Key, b.What = r.Slug, "Scans of "+r.Name, "", "repository"
		b.Above = append(b.Above, page.Link{Text: r.Name, Path: v.ToRepository(p.Key, r.Slug)})
	}
	own, err := s.Places.OfPlace(v.Ctx(), v.PlaceName())
	if err != nil {
		return err
	}
	for _, k := range settings.OfPlaces {
		now, err := s.Places.AtPlace(v.Ctx(), k, p.Key, slug)
		if err != nil {
			return err
		}
		x := scanningSetting{Name: k.Name, Label: labels[k], Meaning: k.Meaning, Now: "off"}
		if now == "true" {
			x.Now = "on"
		}
		for _, c := range scanningChoices {
			x.Choices = append(x.Choices, page.Choice{Value: c.value, Word: c.word, Chosen: own[k.Name] == c.value})
		}
		b.Settings = append(b.Settings, x)
	}
	return v.Show(http.StatusOK, scanningPage, b.Heading, b)
}

// saveScanning changes the settings of a place that the form has.
func (s *Pages) saveScanning(v *page.Visit) error {
	form := v.Request.PostForm
	var notes []string
	values := map[*settings.Known]string{}
	for _, k := range settings.OfPlaces {
		if !form.Has(k.Name) {
			continue
		}
		known := false
		for _, c := range scanningChoices {
			if form.Get(k.Name) == c.value {
				known, values[k] = true, c.value
				notes = append(notes, k.Name+"="+c.api)
			}
		}
		if !known {
			return page.BadRequest("The form says none of inherit, on and off.")
		}
	}
	for k, value := range values {
		if err := s.Places.SetPlace(v.Ctx(), v.PlaceName(), k, value); err != nil {
			return err
		}
	}
	path := page.ProjectPath
	if v.Repository != nil {
		path = page.RepositoryPath
	}
	if err := v.Record("PUT "+path+"/scanning", v.PlaceName(), strings.Join(notes, " ")); err != nil {
		return err
	}
	return v.Done(s.toScanning(v), "settings-saved")
}
