"""How the pages are built: `python -m sphinx -W docs build/docs`, warnings as errors.

Pages are Markdown (MyST), the notebooks of `docs/tutorial` are run while the pages are built, and
the reference of the package comes from its docstrings.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from sim._version import __version__

os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # figures into the pages

project = "mekong-digital-economy"
author = "The mekong-digital-economy developers"
version = release = __version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
]

# notebooks
nb_custom_formats = {".py": ["jupytext.reads", {"fmt": "py:percent"}]}
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_show_tb = True
nb_merge_streams = True
exclude_patterns = ["conf.py"]

# pages
myst_enable_extensions = ["deflist", "fieldlist"]
myst_heading_anchors = 3

# reference
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_type_aliases = {"NDArray": "NDArray", "Floats": "Floats", "Rules": "Rules"}
autodoc_class_signature = "mixed"
default_role = "code"

html_theme = "furo"
html_title = f"Greater Mekong digital economy {release}"
smartquotes_action = "qe"  # two hyphens begin an option
html_show_sphinx = False
html_static_path = ["_static"]
html_js_files = ["access.js"]


def to_downloads(_app: Sphinx, page: str, text: list[str]) -> None:
    """Links to files outside `docs/` are downloads: a `.py` here would be a notebook."""
    if "/" not in page:
        text[0] = text[0].replace("](../", "](path:../")


def to_commands(_app: Sphinx, page: str, text: list[str]) -> None:
    """The page of commands goes on with what `--help` prints of each."""
    if page == "commands":
        words = [sys.executable, "-m", "typer", "--app", "app", "sim.cli"]
        words += ["utils", "docs", "--name", "mekong"]
        told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        _, found, sections = told.partition("\n## ")
        if not found:
            raise ExtensionError("the page of commands has none: Typer prints it otherwise now")
        groups = re.sub(r"\*\*Commands\*\*:\n\n(\* .*\n)+\n?", "", sections)  # cut short there
        text[0] += f"\n## {groups}"


def to_literal(
    _app: Sphinx, _what: str, _name: str, _thing: object, _options: object, lines: list[str]
) -> None:
    """What is indented in a docstring (formulas, examples) is shown as it stands."""
    result: list[str] = []
    inside = False
    for line in lines:
        indented = line.startswith("    ")
        if indented and not inside and not (result and result[-1].strip()):
            result += ["::", ""]
        inside = indented or (inside and not line.strip())
        result.append(line)
    lines[:] = result


def setup(app: Sphinx) -> None:
    """What Sphinx calls before it reads the pages."""
    app.connect("source-read", to_downloads)
    app.connect("source-read", to_commands)
    app.connect("autodoc-process-docstring", to_literal)
