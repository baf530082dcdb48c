// Package db opens the server's database, a SQLite file or PostgreSQL. It holds what all rooms over the database need:
// transactions, prepared statements, advisory locks, migrations, times, ids, backup, and the classes of errors (database
// unavailable, disk full). The SQL is the same for both databases. The package knows the folder of migrations but
// nothing else of the stored data.
package db
