package settings

import (
	"context"
	"net/http"

	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/loglevel"
)

// LogLevel is the log level of all nodes. It is called by many requests at once.
type LogLevel interface {
	// State returns the override, "" for none, and the lowest level that is logged.
	State(ctx context.Context) (override, effective string, err error)
	// Set sets the override; "" removes it.
	Set(ctx context.Context, name string) error
}

const loggingPath = "/settings/logging"

// loggingBody is the page of the log level.
type loggingBody struct {
	sectioned

	Action, Override, Effective string
	Level                       page.Input
}

// levelWords say what each level logs.
var levelWords = map[string]string{
	"TRACE": "TRACE: everything", "DEBUG": "DEBUG: also the details of each scan", "INFO": "INFO: what happens", "WARN": "WARN: as the server was started", "ERROR": "ERROR: only what failed",
}

func (s *Pages) logging(v *page.Visit) error { return s.showLogging(v, http.StatusOK, "") }

func (s *Pages) showLogging(v *page.Visit, status int, problem string) error {
	override, effective, err := s.LogLevel.State(v.Ctx())
	if err != nil {
		return err
	}
	b := loggingBody{sectioned: newSectioned(v, "Logging", "How much all nodes log. A change counts everywhere within seconds."), Action: v.Core.BasePath + loggingPath, Override: override, Effective: effective}
	choices := [][2]string{{"", "As the server was started"}}
	for _, name := range loglevel.Names {
		choices = append(choices, [2]string{name, levelWords[name]})
	}
	b.Level = page.Input{Name: "level", Label: "Level", Choices: page.Choices(choices, override), Problem: problem, Hint: "Messages from the level up to WARN are then logged as WARN. No level logs a secret"}
	return v.Show(status, loggingPage, "Logging", b)
}

func (s *Pages) setLogging(v *page.Visit) error {
	text := v.Request.PostForm.Get("level")
	action, detail := "DELETE /loglevel", ""
	if text != "" {
		name, err := loglevel.Parse(text)
		if err != nil {
			return s.showLogging(v, http.StatusBadRequest, err.Error())
		}
		text, action, detail = name, "PUT /loglevel", "logLevelOverride="+name
	}
	if err := s.LogLevel.Set(v.Ctx(), text); err != nil {
		return err
	}
	if err := v.Record(action, "", detail); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+loggingPath, "logging-set")
}
