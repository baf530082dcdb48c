// Package db opens the database of the server, a SQLite file or a PostgreSQL, and holds what all rooms over it need: transactions,
// prepared statements, advisory locks, migrations, times, ids, backup, and which errors say that the database is away or full. There
// is one text of SQL for both. It knows nothing of what is stored but the folder of migrations.
package db
