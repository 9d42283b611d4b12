"""Experiments: runs described by what determines their numbers, done, kept and resumed."""
