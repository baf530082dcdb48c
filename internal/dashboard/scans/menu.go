package scans

import (
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
)

// Menu are the actions on a row or a page.
type Menu struct {
	// Of says what they act on.
	Of string
	// Scan is the path that forms are sent to; Back is where the browser goes afterwards.
	Scan, Back string
	// Confirm is the path of a page that asks before everything is scanned again; empty where nobody is asked.
	Confirm string
	// Branch is the branch that is scanned; empty for all.
	Branch string
	// Files are what can be downloaded.
	Files []page.Link
}

// MenuOf makes the menu of the page at a path, which has the base path in front. of says what it acts on, and files are what can be
// downloaded of it. Ask for the permission first.
func MenuOf(v *page.Visit, path, of string, files ...page.Link) *Menu {
	m := &Menu{Of: of, Scan: path + "/scan", Back: v.Here(), Files: files}
	if !strings.Contains(path, "/repos/") {
		m.Confirm = path + "/rescan?back=" + url.QueryEscape(m.Back)
	}
	return m
}

// MenuIf is MenuOf if the caller has a permission at the place of the visit; otherwise it is nil.
func MenuIf(v *page.Visit, path, of string, needs access.Permission, files ...page.Link) *Menu {
	if !v.Can(needs) {
		return nil
	}
	return MenuOf(v, path, of, files...)
}
