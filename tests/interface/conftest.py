"""What tests of the interface share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.helpers.browsers import started


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    driver = started()
    yield driver
    driver.quit()
