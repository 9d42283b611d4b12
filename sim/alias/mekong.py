"""The package under a name of its own: `import mekong` offers what `import sim` does.

The build places this file next to the folder `sim`. A file or folder of the user that is called
`sim` and comes first on the path is named in an ImportError, and is not run.
"""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim import *  # noqa: F403
    from sim import __version__ as __version__

_OURS = ("_version.py", "agents/consumer.py")  # what a folder has that is our package


def _refuse_foreign() -> None:
    """Raise ImportError where `import sim` finds, or has found, somebody else's."""
    loaded = sys.modules.get("sim")
    spec = find_spec("sim") if loaded is None else getattr(loaded, "__spec__", None)
    folders = [Path(each) for each in (spec and spec.submodule_search_locations) or ()]
    if any(all((folder / name).is_file() for name in _OURS) for folder in folders):
        return
    named = [spec.origin if spec else None, getattr(loaded, "__file__", None), *folders]
    where = next((each for each in named if each), None)
    if where is None and loaded is None:
        raise ImportError("mekong needs its package 'sim', which is not installed", name="sim")
    raise ImportError(
        "mekong needs its own package 'sim', but Python finds another thing of that name: "
        f"{where or 'a module made by this program'}. Rename it, or work in another folder; "
        "then start Python anew.",
        name="sim",
    )


_refuse_foreign()
_sim = importlib.import_module("sim")
__doc__ = str(_sim.__doc__)
__all__ = _sim.__all__


def __getattr__(name: str) -> object:
    if name.startswith("__") and name != "__version__":
        raise AttributeError(f"module 'mekong' has no attribute '{name}'")
    try:
        return getattr(_sim, name)
    except AttributeError:
        raise AttributeError(f"module 'mekong' has no attribute '{name}'") from None


def __dir__() -> list[str]:
    return dir(_sim)


if __name__ == "__main__":
    from sim.cli import main

    main()
