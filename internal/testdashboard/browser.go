package testdashboard

import (
	"context"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Browser gives the first tab of a new browser, which asks for nothing by itself. Call cancel at the end; it ends the tabs of [Tab] too.
func Browser(ctx context.Context) (tab context.Context, cancel func()) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-domain-reliability", true),
		// Going back loads a page again, as it does for people whose browser has forgotten it.
		chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,BackForwardCache"),
		// No name is looked up but this machine's: two addresses, for two sites.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE 127.0.0.2"))
	allocator, end := chromedp.NewExecAllocator(ctx, options...)
	tab, endTab := chromedp.NewContext(allocator)
	return tab, func() {
		endTab()
		end()
	}
}

// Tab gives another tab of the browser of a tab that has been used. It shares no cookies with the others. Call cancel at the end.
func Tab(browser context.Context) (tab context.Context, cancel func()) {
	return chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
}

// SignIn signs in by the page, in the tab of a browser; url is the server's with its base path.
func SignIn(tab context.Context, url, name string) error {
	return chromedp.Do(tab,
		chromedp.Navigate(url+"/sign-in"),
		chromedp.SendKeys(`input[name=name]`, name), chromedp.SendKeys(`input[name=password]`, Password(name)),
		chromedp.Click(`button.main`), chromedp.WaitVisible(`header .account`))
}

// Focused lets a tab act as the one in front, although other tabs are open.
func Focused(tab context.Context) error {
	_, err := chromedp.Call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return err
}

// Theme lets the pages of a tab be light or dark.
func Theme(tab context.Context, theme string) error {
	_, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
	return err
}
