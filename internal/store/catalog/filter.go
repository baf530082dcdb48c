package catalog

import (
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/status"
)

// Filter chooses and orders the entries of a list. Its zero value chooses all, by name.
type Filter struct {
	// Name is a part of the display name, in any case.
	Name string
	// Status chooses those of one status; nil chooses all.
	Status *status.Status
	Order  Order
}

// Order is the order of a list. Entries that are equal in it are by name.
type Order int

// The orders.
const (
	ByName Order = iota
	// ByRisk begins with the most open findings of the highest severity.
	ByRisk
	// ByScan begins with the last scan.
	ByScan
)

// where is the condition of the status of a row of the table t; it begins with "and" unless it is empty.
func (f *Filter) where(t string) string {
	if f.Status == nil {
		return ""
	}
	return fmt.Sprintf(" and %s.status = %d", t, *f.Status)
}

// by orders rows of the table t. name and scan are expressions of the name, and of when the last scan was.
func (f *Filter) by(t, name, scan string) string {
	switch f.Order {
	case ByRisk:
		return fmt.Sprintf("%[1]s.open_critical desc, %[1]s.open_high desc, %[1]s.open_medium desc, %[1]s.open_low desc, %[2]s", t, name)
	case ByScan:
		return "coalesce(" + scan + ", 0) desc, " + name
	}
	return name
}
