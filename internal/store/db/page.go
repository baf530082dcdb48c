package db

// Page is a part of a list: Limit entries from Start on, counted from 0.
type Page struct{ Start, Limit int }
