"""Every figure is a function from tables to a Matplotlib figure; it knows nothing of results."""
