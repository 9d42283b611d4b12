"""One self-contained page from a stored result, for people who decide."""
