"""Where evidence and the log lie: files, SQLite, PostgreSQL."""
