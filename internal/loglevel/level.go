// Package loglevel changes the log level of all nodes while they run.
package loglevel

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// setting is the key of the setting that holds the override for all nodes.
const setting = "logLevelOverride"

// Texts are settings by key; "" if a setting does not exist. Setting "" removes one.
type Texts interface {
	Setting(ctx context.Context, key string) (string, error)
	Set(ctx context.Context, key, value string) error
}

// Level returns and changes the log level of all nodes. It is safe for concurrent use.
type Level struct {
	Settings Texts
	// Override may be nil; then only the setting changes.
	Override *Override
	Log      *slog.Logger
}

// Sync applies the override that another node has set. Call it every few seconds.
func (l *Level) Sync(ctx context.Context) error {
	if l.Override == nil {
		return nil
	}
	name, err := l.Settings.Setting(ctx, setting)
	if err == nil {
		l.Override.Set(name)
	}
	return err
}

// State returns the override, "" for none, and the lowest level that is logged. It applies the override to this node first.
func (l *Level) State(ctx context.Context) (override, effective string, err error) {
	if err := l.Sync(ctx); err != nil {
		return "", "", err
	}
	override, err = l.Settings.Setting(ctx, setting)
	if err != nil || override != "" {
		return override, override, err
	}
	for _, name := range Names {
		if l.Log.Enabled(ctx, levels[name]) {
			return "", name, nil
		}
	}
	return "", "ERROR", nil
}

// Parse reads the name of a level, in any case.
func Parse(text string) (name string, err error) {
	name = strings.ToUpper(text)
	if !slices.Contains(Names, name) {
		return "", fmt.Errorf("it must be one of %s", strings.Join(Names, ", "))
	}
	return name, nil
}

// Set sets the override for all nodes; "" removes it. The name is one that Parse gives.
func (l *Level) Set(ctx context.Context, name string) error {
	return l.Settings.Set(ctx, setting, name)
}
