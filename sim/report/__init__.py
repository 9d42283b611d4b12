"""One self-contained page from a stored result, for policy makers."""
