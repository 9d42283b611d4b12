"""Estimation from data: targets, a mean-field twin, posterior, hindcasts, scores, sensitivity."""
