"""Estimation from data: targets, a mean-field model, posterior, hindcasts, scores, sensitivity."""
