package settings

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/mail"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/mails"
)

// Channels are where news of finished scans goes by itself; see mails.Mails for the methods and their errors. They are called by
// many requests at once.
type Channels interface {
	Channels(ctx context.Context) ([]mails.Channel, error)
	Channel(ctx context.Context, id int64) (*mails.Channel, error)
	AddChannel(ctx context.Context, c *mails.Channel, seal func(text, place string) string) (int64, error)
	EnableChannel(ctx context.Context, id int64, on bool) error
	RemoveChannel(ctx context.Context, id int64) error
}

// News sends to channels. It is called by many requests at once.
type News interface {
	// TestChannel sends something to a channel at once. The error tells people why it could not be sent.
	TestChannel(ctx context.Context, id int64) error
}

// errNoChannel means that a form names a channel that does not exist.
var errNoChannel = page.BadRequest("There is no such channel. Load the page again.")

// channelRow is a channel in the list.
type channelRow struct {
	ID, Name, Kind, Place, News string
	Enabled, Signed             bool
	Remove                      *page.Ask
}

var (
	channelKinds = [][2]string{{mails.KindWebhook, "Signed webhook"}, {mails.KindSlack, "Slack, or what takes its webhooks"}, {mails.KindMail, "Mail"}}
	channelNews  = [][2]string{{mails.NewsChanged, "New findings or errors"}, {mails.NewsFailed, "Errors"}, {mails.NewsEnded, "Every finished scan"}}
)

func wordIn(words [][2]string, value string) string {
	for _, w := range words {
		if w[0] == value {
			return w[1]
		}
	}
	return value
}

// channelsPart is the part of the page about channels.
type channelsPart struct {
	Rows   []channelRow
	Fields []page.Input
	Action string
	// Adds is false for a server that cannot store addresses.
	Adds bool
	// Secret is that of a new webhook, which is shown once; For is the name of its channel.
	Secret, For string
	// Said is what became of a test, Bad is true if it failed.
	Said string
	Bad  bool
}

// channelsOf makes the part for a visit. bad is what is wrong with the form.
func (s *Pages) channelsOf(v *page.Visit, bad access.Problems) (channelsPart, error) {
	part := channelsPart{Action: v.Core.BasePath + notificationsPath + "/channels", Adds: s.Seals != nil}
	list, err := s.Channels.Channels(v.Ctx())
	if err != nil {
		return part, err
	}
	for i := range list {
		c := &list[i]
		id := db.Key(c.ID)
		part.Rows = append(part.Rows, channelRow{
			ID: id, Name: c.Name, Kind: wordIn(channelKinds, c.Kind), Place: access.PlaceWord(c.Scope), News: wordIn(channelNews, c.News), Enabled: c.Enabled, Signed: c.Secret != "",
			Remove: &page.Ask{Word: "Remove", Of: c.Name, Question: "Remove the channel " + c.Name + "? What waits for it is dropped.", Yes: "Remove the channel", Action: part.Action + "/remove", Fields: [][2]string{{"channel", id}}},
		})
	}
	form := v.Request.PostForm
	part.Fields = []page.Input{
		{Name: "name", Label: "Name", Value: form.Get("name"), Required: true, Problem: bad.Of("name")},
		{Name: "kind", Label: "Kind", Choices: page.Choices(channelKinds, page.Chosen(form.Get("kind"), channelKinds, mails.KindWebhook)), Problem: bad.Of("kind")},
		{Name: "target", Label: "Address", Type: "password", Fill: "off", Required: true, Problem: bad.Of("target"), Hint: "Of the webhook, or a mail address. It is stored encrypted and not shown again"},
		{Name: "scope", Label: "Whose scans", Value: form.Get("scope"), Problem: bad.Of("scope"), Hint: "Empty for the instance, or a project's key, or key/slug"},
		{Name: "news", Label: "Which news", Choices: page.Choices(channelNews, page.Chosen(form.Get("news"), channelNews, mails.NewsChanged)), Problem: bad.Of("news")},
	}
	return part, nil
}

// addChannel adds a channel, and shows the secret of a webhook once.
func (s *Pages) addChannel(v *page.Visit) error {
	form := v.Request.PostForm
	target := strings.TrimSpace(form.Get("target"))
	c := &mails.Channel{Name: strings.TrimSpace(form.Get("name")), Kind: form.Get("kind"), News: form.Get("news"), Enabled: true}
	var bad access.Problems
	for _, p := range mail.CheckChannel(c, target) {
		bad = append(bad, access.Problem{Field: p.Field, Err: p.Err})
	}
	if name := strings.TrimSpace(form.Get("scope")); name != "" {
		place, err := access.ParsePlaceName(name)
		if err == nil && place != "" {
			var at access.Place
			if at, err = v.Core.Places.FindNamed(v.Ctx(), v.Visible, place); err == nil {
				c.Scope = at.PlaceName()
			} else if !errors.Is(err, db.ErrNotFound) {
				return err
			}
		}
		if err != nil {
			bad = append(bad, access.Problem{Field: "scope", Err: err})
		}
	}
	secret := ""
	if bad == nil && s.Seals != nil {
		if c.Kind == mails.KindWebhook {
			secret = mail.NewSecret()
		}
		c.Target, c.Secret = target, secret
		_, err := s.Channels.AddChannel(v.Ctx(), c, s.Seals.Seal)
		if errors.Is(err, db.ErrExists) {
			bad = append(bad, access.Problem{Field: "name", Err: errors.New("there is already a channel with that name")})
		} else if err != nil {
			return err
		}
	}
	settingsForm, err := s.form(v, mailParts)
	if err != nil {
		return err
	}
	status := http.StatusOK
	switch {
	case bad != nil:
		status = http.StatusBadRequest
	case s.Seals == nil:
		return page.BadRequest("This server has no master key, under which an address could be stored.")
	default:
		if err := v.Record("POST /channels", "", access.Shortened(c.Name)+" "+c.Kind+" scope="+access.PlaceWord(c.Scope)); err != nil {
			return err
		}
		if secret == "" {
			return v.Done(v.Core.BasePath+notificationsPath, "channel-added")
		}
		v.Request.PostForm = nil
	}
	b := &notificationsBody{Form: settingsForm}
	if b.Channels, err = s.channelsOf(v, bad); err != nil {
		return err
	}
	if bad == nil {
		b.Channels.Secret, b.Channels.For = secret, c.Name
	}
	return s.showNotifications(v, status, b)
}

// channelOf finds the channel that a form names.
func (s *Pages) channelOf(v *page.Visit) (*mails.Channel, error) {
	id, ok := db.ParseKey(v.Request.PostForm.Get("channel"))
	if !ok {
		return nil, errNoChannel
	}
	c, err := s.Channels.Channel(v.Ctx(), id)
	if errors.Is(err, db.ErrNotFound) {
		err = errNoChannel
	}
	return c, err
}

// switchChannel switches a channel on or off.
func (s *Pages) switchChannel(v *page.Visit) error {
	c, err := s.channelOf(v)
	if err != nil {
		return err
	}
	on, word := !c.Enabled, " off"
	if on {
		word = " on"
	}
	if err := s.Channels.EnableChannel(v.Ctx(), c.ID, on); err != nil {
		return err
	}
	if err := v.Record("PUT /channels/{channelId}", db.Key(c.ID), access.Shortened(c.Name)+word); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+notificationsPath, "channel-switched")
}

// removeChannel removes a channel.
func (s *Pages) removeChannel(v *page.Visit) error {
	c, err := s.channelOf(v)
	if err != nil {
		return err
	}
	if err := s.Channels.RemoveChannel(v.Ctx(), c.ID); err != nil {
		return err
	}
	if err := v.Record("DELETE /channels/{channelId}", db.Key(c.ID), ""); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+notificationsPath, "channel-removed")
}

// testChannel sends something to a channel at once, and says what became of it.
func (s *Pages) testChannel(v *page.Visit) error {
	c, err := s.channelOf(v)
	if err != nil {
		return err
	}
	form, err := s.form(v, mailParts)
	if err != nil {
		return err
	}
	v.Request.PostForm = nil
	b := &notificationsBody{Form: form}
	if b.Channels, err = s.channelsOf(v, nil); err != nil {
		return err
	}
	status := http.StatusOK
	b.Channels.Said = "A message went to " + c.Name + "."
	if s.News == nil {
		err = errors.New("this server sends nothing")
	} else {
		err = s.News.TestChannel(v.Ctx(), c.ID)
	}
	if err != nil {
		status, b.Channels.Bad, b.Channels.Said = http.StatusBadGateway, true, "The message to "+c.Name+" could not be sent: "+err.Error()+"."
	} else if err := v.Record("POST /channels/{channelId}/test", db.Key(c.ID), ""); err != nil {
		return err
	}
	return s.showNotifications(v, status, b)
}
