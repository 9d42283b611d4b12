"""Texts of the command line as values, or an error that says what is allowed."""

from __future__ import annotations

from sim.errors import InputError, did_you_mean

MOST_DIGITS = 18  # of a number given on the command line


def parse_seeds(text: str) -> int | list[int]:
    """`3` means seeds 1 to 3; with a comma the seeds themselves. Raises InputError."""
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    if not pieces or not all(piece.isascii() and piece.isdigit() for piece in pieces):
        raise InputError(
            f"'{text}' are not seeds", where="--seeds", allowed="a number, or a list such as 1,2,3"
        )
    if max(len(piece.lstrip("0")) for piece in pieces) > MOST_DIGITS:
        raise InputError("a seed has too many digits", where="--seeds", allowed="0 to 2147483647")
    numbers = [int(piece) for piece in pieces]
    return numbers if "," in text else numbers[0]


def names_in(text: str, where: str) -> list[str]:
    """Names with commas between them. Raises InputError where there are none."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise InputError("no names are given", where=where, allowed="names with commas between")
    return names


def check_place(country: str) -> None:
    """Refuse what is neither a country nor the region. Raises InputError."""
    from sim.analysis.comparison.summary import PLACES

    if country not in PLACES:
        raise InputError(
            f"'{country}' is not a place here",
            where="--country",
            allowed=", ".join(PLACES),
            todo=did_you_mean(country, PLACES) or None,
        )
