"""A real browser without a screen, where there is one."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next((path for name in BROWSERS if (path := shutil.which(name))), None)
DRIVER = shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    BROWSER is None or DRIVER is None,
    reason="no Chromium with its driver here (Debian: chromium, chromium-driver)",
)


def started() -> Any:
    """A browser that listens to a test; whoever starts it calls `quit`."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(word)
    options.add_argument("--window-size=1500,1400")
    options.binary_location = str(BROWSER)
    return webdriver.Chrome(options=options, service=Service(str(DRIVER)))
