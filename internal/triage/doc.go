// Package triage holds the rules for what people may decide about findings. The REST API and the pages share them.
package triage
