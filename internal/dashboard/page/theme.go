package page

import (
	"cmp"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
)

// themeCookie holds the theme that a browser has chosen.
const themeCookie = "sluice_theme"

// themeWords are the themes to choose from.
var themeWords = [][2]string{{"", "System"}, {"light", "Light"}, {"dark", "Dark"}}

// theme is the theme of the browser; empty when the system chooses.
func (v *Visit) theme() string {
	c, err := v.Request.Cookie(themeCookie)
	if err != nil {
		return ""
	}
	return Chosen(c.Value, themeWords, "")
}

// setTheme keeps the theme that the form chooses, for a year.
func (v *Visit) setTheme() error {
	c := &http.Cookie{Name: themeCookie, Value: Chosen(v.Request.PostForm.Get("theme"), themeWords, ""), Path: cmp.Or(v.Core.BasePath, "/"), MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.Encrypted()} //nolint:gosec // it is Secure wherever the browser speaks TLS
	if c.Value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(v.Writer, c)
	v.Redirect(v.Back(v.Request.PostForm.Get("back")))
	return nil
}

// Own are the routes that belong to no room: the files that pages take, and the theme.
func Own() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/assets/{file}", Needs: access.Anyone, Handle: (*Visit).asset},
		{Method: http.MethodPost, Path: "/theme", Needs: access.SignedIn, Handle: (*Visit).setTheme},
	}
}
