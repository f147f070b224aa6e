"""The report of a sweep: tables, pictures, one page."""
