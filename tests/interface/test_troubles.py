"""Errors of the installation in words."""

from __future__ import annotations

import pytest

from sim.cli.console.troubles import in_words


def test_a_broken_library_is_named_with_its_cause() -> None:
    told = in_words(ImportError("libarrow.so: cannot open shared object file", name="pyarrow.lib"))
    assert told is not None
    assert "'pyarrow' is installed and cannot be loaded" in str(told) and "libarrow" in str(told)
    assert "--force-reinstall pyarrow" in str(told.todo)


@pytest.mark.parametrize(
    "error", [ImportError("cannot import name 'x'", name="sim.model"), ImportError("x"), OSError()]
)
def test_an_import_that_fails_in_the_program_is_no_broken_library(error: Exception) -> None:
    assert in_words(error) is None


def test_a_missing_library_is_called_missing() -> None:
    told = in_words(ModuleNotFoundError("No module named 'scipy'", name="scipy"))
    assert told is not None and "'scipy' is missing" in str(told)
