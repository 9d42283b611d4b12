"""Texts of the command line as values, or an error that says what is allowed."""

from __future__ import annotations

from sim.errors import InputError, known_name

MOST_DIGITS = 18  # of a number given on the command line


def parse_seeds(text: str) -> int | list[int]:
    """`3` means seeds 1 to 3; with a comma the seeds themselves. Raises InputError."""
    numbers = whole_numbers(text, "--seeds", "seeds", "a number, or a list such as 1,2,3")
    return numbers if "," in text else numbers[0]


def whole_numbers(text: str, where: str, what: str, allowed: str) -> list[int]:
    """Whole numbers with commas between them. Raises InputError."""
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    if not pieces or not all(piece.isascii() and piece.isdigit() for piece in pieces):
        raise InputError(f"'{text}' are not {what}", where=where, allowed=allowed)
    if max(len(piece.lstrip("0")) for piece in pieces) > MOST_DIGITS:
        raise InputError(f"one of the {what} has too many digits", where=where, allowed=allowed)
    return [int(piece) for piece in pieces]


def names_in(text: str, where: str) -> list[str]:
    """Names with commas between them. Raises InputError where there are none."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise InputError("no names are given", where=where, allowed="names with commas between")
    return names


def check_place(country: str) -> None:
    """Refuse what is neither a country nor the region. Raises InputError."""
    from sim.analysis.comparison.tables.summary import PLACES

    known_name(country, PLACES, "--country", "place")
