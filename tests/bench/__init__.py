"""The benchmark of ``make bench``: how quick the pages are, and whether they stay so when the municipality is large."""
