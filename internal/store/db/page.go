package db

// Page is a part of a list: Limit entries from index Start, which counts from 0.
type Page struct{ Start, Limit int }
