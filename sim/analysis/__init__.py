"""What the runs say: summaries against the target, paired effects, uncertainty, words."""
