package mails

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/mail"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/mails"
)

// Channels stores where news goes by itself; see mails.Mails.
type Channels interface {
	Channels(ctx context.Context) ([]mails.Channel, error)
	Channel(ctx context.Context, id int64) (*mails.Channel, error)
	AddChannel(ctx context.Context, c *mails.Channel, seal func(text, place string) string) (int64, error)
	EnableChannel(ctx context.Context, id int64, on bool) error
	RemoveChannel(ctx context.Context, id int64) error
}

// channelRoutes list, add, test and remove channels.
func (s *Resource) channelRoutes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/channels", Name: "listChannels",
			Needs: access.Admin, Scope: "settings",
			Summary: "List the channels to which news of finished scans goes. Their addresses and secrets are never returned.",
			Query:   api.PageParameters(),
			Gives:   api.ReturnsPage(channelWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				list, err := s.Channels.Channels(c.Context())
				if err != nil {
					return nil, err
				}
				return api.Paged(c, func(page db.Page) ([]mails.Channel, error) { return api.Cut(list, page), nil }, channelBody)
			},
		},
		{
			Method: http.MethodPost, Path: "/channels", Name: "addChannel",
			Needs: access.Admin, Scope: "settings",
			Summary: "Send news of finished scans to a signed webhook, a webhook of Slack, or a mail address.",
			Takes:   newChannel{}, Body: `{"name": "team", "kind": "webhook", "target": "https://ci.example.com/sluice", "scope": "PAY", "news": "changed"}`,
			Gives:  api.ReturnsCreated(addedChannel{}),
			Handle: s.addChannel,
		},
		{
			Method: http.MethodPut, Path: "/channels/{channelId}", Name: "changeChannel",
			Needs: access.Admin, Scope: "settings",
			Summary: "Switch a channel on or off. What waits for one that is off is dropped.",
			Takes:   channelChange{}, Body: `{"enabled": false}`,
			Gives: api.Returns(channelWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				var body channelChange
				if err := c.Decode(&body); err != nil {
					return nil, err
				}
				id, err := s.channel(c)
				if err != nil {
					return nil, err
				}
				if err := s.Channels.EnableChannel(c.Context(), id, body.Enabled); err != nil {
					return nil, noChannel(err)
				}
				x, err := s.Channels.Channel(c.Context(), id)
				if err != nil {
					return nil, noChannel(err)
				}
				c.Note(x.Name + enabledWord(x.Enabled))
				return api.OK(channelBody(x))
			},
		},
		{
			Method: http.MethodDelete, Path: "/channels/{channelId}", Name: "removeChannel",
			Needs: access.Admin, Scope: "settings",
			Summary: "Remove a channel. What waits for it is dropped.",
			Gives:   api.ReturnsNothing(),
			Handle: func(c *api.Call) (*api.Reply, error) {
				id, err := s.channel(c)
				if err != nil {
					return nil, err
				}
				if err := s.Channels.RemoveChannel(c.Context(), id); err != nil {
					return nil, noChannel(err)
				}
				return api.Nothing()
			},
		},
		{
			Method: http.MethodPost, Path: "/channels/{channelId}/test", Name: "testChannel",
			Needs: access.Admin, Scope: "settings",
			Summary: "Send something to a channel now and report why it failed, if it did.",
			Gives:   api.ReturnsNothing(),
			Handle: func(c *api.Call) (*api.Reply, error) {
				id, err := s.channel(c)
				if err != nil {
					return nil, err
				}
				if s.News == nil {
					return nil, api.Conflict("this server sends nothing")
				}
				switch err := s.News.TestChannel(c.Context(), id); {
				case errors.Is(err, db.ErrNotFound):
					return nil, noChannel(err)
				case err != nil:
					return nil, api.Failure(http.StatusBadGateway, "MailException", "it could not be sent: %v", err)
				}
				return api.Nothing()
			},
		},
	}
}

// newChannel is a channel to add.
type newChannel struct {
	Name   string `json:"name"`
	Kind   string `json:"kind" doc:"webhook, slack or mail."`
	Target string `json:"target" doc:"The address of the webhook, or a mail address. It is stored encrypted and never returned."`
	Scope  string `json:"scope,omitempty" doc:"Whose scans: instance (the default), a project's key, or key/slug."`
	News   string `json:"news,omitempty" doc:"ended: every end of scans; changed (the default): new findings or errors; failed: errors."`
}

// channelChange switches a channel.
type channelChange struct {
	Enabled bool `json:"enabled"`
}

type channelWire struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Scope   string `json:"scope"`
	News    string `json:"news"`
	Enabled bool   `json:"enabled"`
	Signed  bool   `json:"signed" doc:"Whether it signs what it sends."`
}

// addedChannel is a new channel, with the secret of its signatures.
type addedChannel struct {
	channelWire
	Secret string `json:"secret,omitempty" doc:"The secret of the signatures of a webhook. It is shown this once."`
}

func channelBody(c *mails.Channel) channelWire {
	return channelWire{db.Key(c.ID), c.Name, c.Kind, access.PlaceWord(c.Scope), c.News, c.Enabled, c.Secret != ""}
}

func enabledWord(on bool) string {
	if on {
		return " on"
	}
	return " off"
}

// channel reads the id in the path.
func (s *Resource) channel(c *api.Call) (int64, error) {
	id, ok := db.ParseKey(c.PathValue("channelId"))
	if !ok {
		return 0, noChannel(db.ErrNotFound)
	}
	return id, nil
}

// noChannel converts the error for a channel that does not exist.
func noChannel(err error) error {
	if errors.Is(err, db.ErrNotFound) {
		return api.NotFound("there is no such channel: GET /channels lists them")
	}
	return err
}

func (s *Resource) addChannel(c *api.Call) (*api.Reply, error) {
	var body newChannel
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	if body.News == "" {
		body.News = mails.NewsChanged
	}
	if body.Scope == "" {
		body.Scope = access.PlaceWord("")
	}
	x := &mails.Channel{Name: strings.TrimSpace(body.Name), Kind: body.Kind, News: body.News, Enabled: true}
	bad := &api.Problems{}
	for _, p := range mail.CheckChannel(x, body.Target) {
		bad.Add(p.Field, "%v", p.Err)
	}
	place, err := access.ParsePlaceName(body.Scope)
	if err != nil {
		bad.Add("scope", "%v", err)
	} else if place != "" {
		key, slug, _ := strings.Cut(place, "/")
		at, err := c.Find(key, slug)
		switch {
		case api.IsNotFound(err):
			bad.Add("scope", "there is no %s that you may read", access.Shortened(place))
		case err != nil:
			return nil, err
		}
		x.Scope = at.PlaceName()
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if s.Keys == nil {
		return nil, api.Conflict("this server has no master key, under which an address could be stored")
	}
	plain := ""
	if x.Kind == mails.KindWebhook {
		plain = mail.NewSecret()
	}
	x.Target, x.Secret = body.Target, plain
	id, err := s.Channels.AddChannel(c.Context(), x, s.Keys.Connections().Seal)
	if errors.Is(err, db.ErrExists) {
		return nil, api.Conflict("there is already a channel with that name")
	}
	if err != nil {
		return nil, err
	}
	x.ID = id
	c.Note(access.Shortened(x.Name) + " " + x.Kind + " scope=" + access.PlaceWord(x.Scope))
	return api.Created(addedChannel{channelBody(x), plain})
}
