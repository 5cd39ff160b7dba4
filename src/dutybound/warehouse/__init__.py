"""Decision tables become counts, on DuckDB, Spark or another engine. Importing it is cheap.

`profile_table` in `scan`, `merge` in `profile`, files of profiles in `profile_file`.
"""
