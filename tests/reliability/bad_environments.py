"""Environments that break programs: a line of the shell, its exit status, and words that it says.

`M` stands for the command `mekong`. The folder holds `g.toml` (a small study) and a result `done`.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """One line of bash; `files` are written first, `made` must be there afterwards."""

    name: str
    line: str
    status: int = 0
    words: str = ""
    files: tuple[str, ...] = ()
    made: str = ""


TINY = "--scale 1000000 -q"
VALID = "M list levers"

STREAMS = [
    Case("reader that leaves", "set -o pipefail; M list levers | head -1"),
    Case("reader that leaves at once", "set -o pipefail; M list parameters | true"),
    Case(
        "full output", "M list levers >/dev/full", 3, "standard output cannot be written: No space"
    ),
    Case("full output of JSON", "M validate baseline --json >/dev/full", 3, "No space"),
    Case("full output of help", "M --help >/dev/full", 3, "No space"),
    Case("closed output", "M list levers >&-", 3, "it is closed"),
    Case("closed output and error", "M list levers >&- 2>&-", 3),
    Case("closed input", "M list levers <&-"),
    Case("closed everything", f"{VALID} <&- >&- 2>&-", 3),
    Case("full error output", "M validate nothing_like_it 2>/dev/full", 2),
    Case("closed error output", "M validate nothing_like_it 2>&-", 2),
]
TEXT = [
    Case("C locale", "LC_ALL=C M list levers"),
    Case("POSIX locale", "LC_ALL=POSIX LANG= M list levers"),
    Case("locale that is not there", "LC_ALL=xx_YY.nothing M list levers"),
    Case("ASCII output", "PYTHONIOENCODING=ascii M list levers"),
    Case(
        "ASCII output of JSON",
        "PYTHONIOENCODING=ascii M validate baseline --json | python3 -m json.tool",
    ),
    Case("Latin-1 output", "PYTHONIOENCODING=latin-1 M list parameters"),
    Case("UTF-8 mode off", "PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 LC_ALL=C M list levers"),
    Case("one column", "COLUMNS=1 M --help"),
    Case("no columns", "COLUMNS=0 M list levers"),
    Case("columns in words", "COLUMNS=many LINES=few M list levers"),
    Case("width of the terminal in words", "TERMINAL_WIDTH=abc M --help"),
    Case("width of the terminal of 1", "TERMINAL_WIDTH=1 M compare --help"),
    Case("no colour", "NO_COLOR=1 M --help"),
    Case("colour by force", "FORCE_COLOR=1 M list levers"),
    Case("dumb terminal", "TERM=dumb M --help"),
    Case("no terminal", "env -u TERM M --help"),
]
LIBRARIES = [
    Case("notebook's backend", f"MPLBACKEND=module://matplotlib_inline.backend_inline {VALID}"),
    Case("backend that is not there", f"MPLBACKEND=nothing M run baseline {TINY} --out b"),
    Case("compiler off", f"NUMBA_DISABLE_JIT=1 {VALID}", 0, "NUMBA_DISABLE_JIT is ignored"),
    Case("no threads", f"NUMBA_NUM_THREADS=0 {VALID}", 0, "NUMBA_NUM_THREADS is ignored: '0'"),
    Case("threads in words", f"NUMBA_NUM_THREADS=abc {VALID}", 0, "is ignored: 'abc'"),
    Case("threads below none", f"NUMBA_NUM_THREADS=-3 {VALID}", 0, "is ignored: '-3'"),
    Case("empty threads", f"NUMBA_NUM_THREADS= {VALID}", 0, "is ignored: ''"),
    Case("many threads", f"NUMBA_NUM_THREADS=99999 {VALID}", 0, "is ignored: '99999'"),
    Case("no threads of OpenMP", f"OMP_NUM_THREADS=0 {VALID}", 0, "OMP_NUM_THREADS is ignored"),
    Case("layer that is not there", f"NUMBA_THREADING_LAYER=xyz {VALID}"),
    Case(
        "a setting of Numba in words",
        "NUMBA_OPT=x M run baseline --scale 1000000 --seeds 1 --draws 0 -q --out o",
        0,
        "'NUMBA_OPT' is defined but its associated value 'x' could not be parsed",
    ),
    Case("list of threads of OpenMP", f"OMP_NUM_THREADS=4,2 {VALID}"),
    Case("cache of Numba nowhere", f"NUMBA_CACHE_DIR=/dev/null/x M run baseline {TINY} --out n"),
    Case("settings of Matplotlib nowhere", f"MPLCONFIGDIR=/dev/null/x {VALID}"),
    Case("warnings as errors", f"PYTHONWARNINGS=error {VALID}"),
    Case("warnings as errors in figures", "PYTHONWARNINGS=error M report done"),
    Case("no docstrings", f"PYTHONOPTIMIZE=2 {VALID}"),
    Case("hashes by seed", f"PYTHONHASHSEED=7 {VALID}"),
    Case("hashes by nonsense of Python's own", f"PYTHONDONTWRITEBYTECODE=1 {VALID}"),
    Case("development mode", f"PYTHONDEVMODE=1 {VALID}"),
]
FOLDERS = [
    Case("no home", "env -u HOME M list levers"),
    Case("home that is not there", f"HOME=/nonexistent {VALID}"),
    Case("no temporary folder", f"TMPDIR=/nonexistent {VALID}"),
    Case("temporary folder is a file", f"TMPDIR=/dev/null {VALID}"),
    Case("working folder is gone", "mkdir x; cd x; rmdir ../x; M list levers"),
    Case(
        "results in a folder that is gone",
        "mkdir x; cd x; rmdir ../x; M run baseline --out r",
        3,
        "working folder is gone",
    ),
    Case("cache nowhere", f"MEKONG_CACHE=/dev/null/x {VALID}"),
]
_HIDING = ("random.py", "types.py", "typing.py", "numpy.py", "pandas.py", "mesa.py", "typer.py")
CODE = [
    Case("files called like libraries", VALID, files=_HIDING),
    Case("search path with an empty part", f"PYTHONPATH=:$PYTHONPATH {VALID}", files=("typer.py",)),
    Case("search path with the folder", f"PYTHONPATH=.:$PYTHONPATH {VALID}", files=("numpy.py",)),
    Case(
        "a library hidden by another folder",
        "mkdir lib; echo x=1 > lib/tomli_w.py; echo x=1 > lib/typer.py; "
        f"PYTHONPATH=lib:$PYTHONPATH {VALID}",
        1,
        "hides a library of the same name",
    ),
    Case("folders called like ours", VALID, files=("sim/x.py", "scenarios/x.toml")),
    Case("files called like ours", VALID, files=("sim.py", "tests.py")),
    Case("a start file of Python", VALID, files=("sitecustomize.py", "usercustomize.py")),
    Case(
        "workers beside files called like libraries",
        "M sweep g.toml --workers 2 --out w -q",
        files=_HIDING,
        made="w/points.csv",
    ),
]
LIMITS = [
    Case("few open files", f"ulimit -n 40; {VALID}"),
    Case("very few open files", f"ulimit -n 12; {VALID}"),
    Case("short files", f"ulimit -f 0; M run baseline {TINY} --out f", 3, "File too large"),
]
PATHS = [
    Case("home", f"HOME=$PWD M run baseline {TINY} '--out=~/mine'", made="mine/summary.csv"),
    Case("colon", f"M run baseline {TINY} --out run:1", made="run:1/summary.csv"),
    Case("colon, again", f"M run baseline {TINY} --out a:2 && M study verify a:2"),
    Case("like an address", f"M run baseline {TINY} --out s3://b", made="s3:/b/summary.csv"),
    Case("nobody's home", "M run baseline --out=~no_such_user", 2, "no user"),
    Case("empty", "M run baseline --out=", 2, "path is empty"),
    Case("dash", "M sweep g.toml --out -", 2, "not a path"),
    Case("new line", "M run baseline --out $'a\\nb'", 2, "control character"),
    Case("escape", "M run baseline --rule $'\\e[31m.py'", 2, "control character"),
    Case("not UTF-8", "M run baseline --out $'\\xff'", 2, "UTF-8"),
    Case("through a file", "M run baseline --out g.toml/x", 2, "is not a folder"),
    Case("a file", "M run baseline --out g.toml", 3, "a file, not a folder"),
    Case("long name", f"M run baseline --out {'x' * 256}", 2, "too long"),
    Case("device", "M run baseline --out /dev/null", 3, "not a folder"),
    Case("device for a report", "M report done --out /dev/null", 3, "device"),
    Case("folder for a report", "M report done --out done", 3, "a folder, not a file"),
    Case("folder of the system", "M run baseline --out /proc/x", 3, "nothing can be written"),
    Case("link to nothing", "ln -s nothing l; M run baseline --out l", 2, "link to nothing"),
    Case(
        "file of the system", "M mix kpis baseline --out /proc/x.csv", 3, "nothing can be written"
    ),
    Case("result that is no path", "M study verify $'a\\tb'", 2, "control character"),
    Case("stages", "M evidence calibrate --work g.toml", 3, "not a folder"),
    Case("new name through a file", "M new scenario g.toml/mine", 2, "is not a folder"),
    Case("home of a scenario", "cp g.toml ok.toml; HOME=$PWD M validate '~/none.toml'", 2, "none"),
]
CASES = [*STREAMS, *TEXT, *LIBRARIES, *FOLDERS, *CODE, *LIMITS, *PATHS]
