"""Documents as views of records: templates, completeness, rendering. No clock."""
