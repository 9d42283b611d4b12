"""One table of rules that must not run: what each says, and the words in which it is refused."""

from __future__ import annotations

from dataclasses import dataclass

CONSUMER = "def consumer_quarter(person, env, params, rng):\n"
SME = "def sme_quarter(firm, env, params, rng):\n"


@dataclass(frozen=True)
class BadRule:
    """A file of a rule and what its refusal must say; `content` beats `text` where it is given."""

    name: str
    words: tuple[str, ...]
    text: str = ""
    content: bytes = b""

    @property
    def data(self) -> bytes:
        """The file."""
        return self.content or self.text.encode()


def _body(name: str, body: str, *words: str, head: str = "", kind: str = CONSUMER) -> BadRule:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return BadRule(name, words, f"{head}\n\n{kind}{lines}")


_ZERO = "zero = env.covid * 0.0\n"
_LARGE = "large = 1e308 * (10.0 + person.skill)\n"
_WHO = ("person", "KHM", "2015Q1", "mekong trace")

# Found by both engines at the end of the quarter, in the same words: field, value and agent.
IMPOSSIBLE = (
    _body("infinity less infinity", _LARGE + "person.trust = large - large", "trust became NaN", *_WHO),
    _body("infinite habit", _LARGE + "person.habit = large", "habit became infinity", *_WHO),
    _body("minus infinity", _LARGE + "person.skill = -large", "skill became minus infinity"),
    _body("negative trust", "person.trust = -5.0", "trust became -5", "0 to 1", *_WHO),
    _body("skill of 99", "person.skill = 99.0", "skill became 99", "0 to 1"),
    _body("habit of 2", "person.habit = 2.0", "habit became 2", "0 to 1"),
    _body("just above one", "person.trust = 1.0001", "trust became 1.0001"),
    _body("negative spending", "person.spending = -1.0", "spending became -1"),
    _body("absurd spending", "person.spending = 1e30", "spending became 1e+30", "500,000"),
    _body("beyond four bytes", "person.spending = 1e300", "spending became infinity"),
    _body("negative loss", "person.victim = True", "scam_loss became -3", *_WHO,
          head="def scam_loss(person, env, params):\n    return -3.0"),
    _body("loss of NaN", "person.victim = True", "scam_loss became NaN",
          head="def scam_loss(person, env, params):\n    large = 1e308 * (10.0 + env.covid)\n    return large - large"),
)  # fmt: skip
FIRMS = (
    _body("skill of a firm", "firm.skill = -0.5", "skill became -0.5", "firm", kind=SME),
    _body("shift of NaN", "large = 1e308 * (10.0 + firm.revenue)\nfirm.shift = large - large", "shift became", kind=SME),
    _body("negative revenue", "firm.revenue = -1.0", "revenue became -1", kind=SME),
    _body("sells without a shop", "firm.online = False\nfirm.sells_to[5] = 1",
          "sells_to[5] became 1", "online shop", kind=SME),
    _body("sells seven times", "firm.online = True\nfirm.sells_to[0] = 7", "sells_to[0] became 7",
          kind=SME),
    _body("negative strength", "firm.online = True", "sales_capability became -1", "firm", kind=SME,
          head="def sales_capability(firm, params):\n    return -1.0"),
    _body("absurd strength", "firm.online = True", "sales_capability became 1e+300", kind=SME,
          head="def sales_capability(firm, params):\n    return 1e300"),
    _body("negative cost", "firm.online = True", "cost_factor became -2", kind=SME,
          head="def cost_factor(firm, params):\n    return -2.0"),
)  # fmt: skip

# Both engines give up where plain Python does, whether the result is kept or hidden by `min`.
GIVES_UP = (
    _body("nought over nought", _ZERO + "person.trust = zero / zero", "division by zero", *_WHO),
    _body("minus one over nought", _ZERO + "person.skill = max(-1.0 / zero, 0.0)", "division by zero", *_WHO),
    _body("rest of a division by nought", _ZERO + "person.skill = min(2.0 % zero, 1.0)", "zero", *_WHO),
    _body("hidden infinity", _ZERO + "person.trust = min(1.0 / zero, 1.0)", "division by zero"),
    _body("whole number over nought", "k = 3 // int(env.covid * 0.0)\nperson.trust = min(k, 1) * 0.5",
          "zero"),
    _body("log of a negative", "person.skill = max(math.log(-1.0 - person.skill), 0.0)", "ValueError",
          head="import math"),
    _body("log of nothing", _ZERO + "person.skill = max(m.log10(zero), 0.0)", "ValueError",
          head="import math as m"),
    _body("root of a negative", "person.skill = math.sqrt(-1.0 - person.skill)", "ValueError",
          head="import math"),
    _body("exp too large", "person.spending = min(math.exp(1000.0 + person.skill), 1.0)",
          "ended with an error", head="import math"),
    _body("in a helper", "person.trust = f(0.0 * env.covid)", "division by zero",
          head="def f(x):\n    return min(0.5 / x, 1.0)"),
    _body("hazard of NaN", _LARGE + "person.connected = event_occurs(rng, 7, large - large)", "hazard",
          head="from sim.rng import event_occurs"),
    _body("negative hazard", "person.connected = event_occurs(rng, 7, -0.5)", "hazard",
          head="from sim.rng import event_occurs"),
    _body("negative hazard, as a probability", "person.trust = hazard_to_probability(-0.5)", "hazard",
          head="from sim.units import hazard_to_probability"),
    _body("guarded logarithm", "person.trust = min(max(logarithm(-2.0), 0.0), 1.0)", "logarithm",
          head="from sim.units import logarithm"),
)  # fmt: skip

# Plain Python has whole numbers of any size; compiled code would take the last 64 bits of them.
TOO_LARGE = (
    _body("product", "n = 3\nfor k in range(70):\n    n = n * 3\nperson.trust = 0.5 if n > 0 else 0.1", "64 bits"),
    _body("sum", "n = 3\nfor k in range(70):\n    n += n\nperson.trust = 0.5 if n > 0 else 0.1", "64 bits"),
    _body("difference", "n = -3\nfor k in range(70):\n    n = n - abs(n) * 4\nperson.trust = 0.5 if n < 0 else 0.1",
          "64 bits"),
    _body("int of a large number", "n = int(1e30 * person.skill + 1e30)\nperson.trust = 0.5 if n > 0 else 0.1",
          "64 bits"),
    _body("rounded", "n = round(1e30 * person.skill + 1e30)\nperson.trust = 0.5 if n > 0 else 0.1", "64 bits"),
    _body("floor", "n = math.floor(1e30 * person.skill + 1e30)\nperson.trust = 0.5 if n > 0 else 0.1",
          "math.floor", head="import math"),
)  # fmt: skip

# Refused by the compiler in the product's words, with file and line.
CONSTRUCTS = (
    _body("calls itself", "consumer_quarter(person, env, params, rng)", "calls itself", "loop"),
    BadRule("call each other", ("'one' calls 'two'", "calls 'one'"),
            "def one(x):\n    return two(x)\n\n\ndef two(x):\n    return one(x)\n\n\n"
            + CONSUMER + "    person.trust = one(0.5)\n"),
    _body("lambda", "person.trust = (lambda x: x)(0.5)", "a lambda", "line 4"),
    _body("try", "try:\n    person.trust = 0.5\nexcept ValueError:\n    person.trust = 0.1", "try"),
    _body("text", "person.trust = 'high'", "text", "line 4"),
    _body("f-string", "x = f'{person.trust}'", "f-string"),
    _body("global", "global LEVEL\nLEVEL = 1.0", "global", head="LEVEL = 0.5"),
    _body("with", "with open('x') as f:\n    pass", "with"),
    _body("import inside", "import math\nperson.trust = math.exp(-1.0)", "import", "top of the file"),
    _body("print", "print(person.trust)", "print(...)", "line 4"),
    _body("assert", "assert person.trust > 0.0", "assert"),
    _body("raise", "raise ValueError", "raise"),
    _body("raise SystemExit", "raise SystemExit", "raise"),
    _body("exit", "exit()", "exit(...)"),
    _body("a class", "class A:\n    x = 1.0", "a class"),
    _body("a function inside", "def f():\n    return 0.5\nperson.trust = f()", "functions inside"),
    _body("dictionary", "person.trust = {1: 0.5}[1]", "a dictionary"),
    _body("set", "person.trust = 0.5 if 1 in {1, 2} else 0.1", "a set"),
    _body("comprehension", "person.trust = sum([x for x in (0.1, 0.2)])", "comprehension"),
    _body("generator", "person.trust = sum(x for x in (0.1, 0.2))", "a generator"),
    _body("match", "match person.adult:\n    case True:\n        person.trust = 0.5", "match"),
    _body("no such function of math", "person.trust = math.squirt(0.5)", "squirt", "line 4",
          head="import math"),
    _body("set in one branch", "if person.trust > 0.5:\n    x = 0.5\nperson.trust = x", "'x'", "no value",
          "line 6"),
    _body("set in a loop", "for k in range(person.home):\n    x = 0.5\nperson.trust = x", "'x'", "line 6"),
    _body("set in a while", "while person.trust > 2.0:\n    x = 0.5\nperson.trust = x", "'x'", "line 6"),
    _body("a loop without end", "while True:\n    person.trust = 0.5", "never ends", "line 4", "break"),
    _body("a break of another loop", "while 1:\n    for k in range(3):\n        break", "never ends", "line 4"),
    _body("set later", "person.trust = x\nx = 0.5", "'x'", "line 4"),
    _body("added to nothing", "x += 0.5\nperson.trust = x", "'x'", "line 4"),
    _body("returns at times", "person.trust = f(person.trust)", "'f'", "returns", "line 1",
          head="def f(a):\n    if a > 0.5:\n        return 0.5"),
    _body("returns None at times", "person.trust = f(person.trust)", "'f'", "returns", "line 1",
          head="def f(a):\n    if a > 0.5:\n        return None\n    return 0.5"),
    _body("None", "x = None\nif person.adult:\n    x = 0.5\nperson.trust = x", "None", "line 4"),
    _body("None compared", "if person.trust is None:\n    person.trust = 0.5", "None", "line 4"),
    _body("sorted", "person.trust = sorted((0.2, 0.1))[0]", "sorted(...)", "line 4"),
    _body("isinstance", "if isinstance(person.trust, float):\n    person.trust = 0.5", "isinstance(...)"),
    _body("power", "person.trust = person.skill ** 2", "power", "x * x"),
    _body("writes a parameter", "x = 0.5\nparams.trust_recovery = x", "only be read", "line 5"),
    _body("writes what is seen", "env.covid = 0.5", "only be read", "line 4"),
    _body("raise KeyboardInterrupt", "raise KeyboardInterrupt", "raise", "line 4"),
    _body("os._exit in a rule", "os._exit(0)", "'os'", head="import os"),
    _body("settings of NumPy", "np.seterr(all='ignore')", "text", head="import numpy as np"),
    _body("a record of one's own", "person.trust = A(0.5).x", "'A'",
          head="from typing import NamedTuple\n\n\nclass A(NamedTuple):\n    x: float"),
    _body("a list outside", "person.trust = LEVELS[0]", "LEVELS", head="LEVELS = [0.5]"),
    BadRule("any arguments", ("* or **", "part"),
            "def part(*x):\n    return 0.5\n\n\n" + CONSUMER + "    person.trust = part(1.0)\n"),
)  # fmt: skip

# Refused because kinds of values do not fit together, which the compiler alone finds out.
_F = "def f(a, b):\n    return a + b"
COMPLAINTS = (
    _body("text and number", "person.trust = WORD + 1.0", "'+'", "text and a number", "line 4",
          head="WORD = 'a'"),
    _body("number and text", "if person.trust > WORD:\n    person.trust = 0.5", "'>'", "line 4",
          head="WORD = 'a'"),
    _body("index of a number", "y = person.trust\nperson.trust = y[0]", "a number has no parts", "line 5"),
    _body("method of a number", "y = person.trust\nperson.trust = y.clip(0.0)", "no '.clip'", "line 5"),
    _body("too few arguments", "x = 0.5\nperson.trust = f(x)", "missing: 'b'", "line 6", head=_F),
    _body("too many arguments", "person.trust = f(0.1, 0.2, 0.3)", "too many", "line 5", head=_F),
    _body("unknown keyword", "person.trust = f(0.1, 0.2, c=2.0)", "no argument 'c'", "line 5", head=_F),
    _body("list and number", "x = [0.1]\nx.append(0.5)\nperson.trust = x + 1.0", "a list and a number",
          "line 6"),
    _body("calling a number", "y = 0.5\nperson.trust = y(1.0)", "a number cannot be called", "line 5"),
    _body("a tuple for a number", "person.trust = (0.1, 0.2)", "a tuple is given", "line 4"),
    _body("fault in a helper", "if person.adult:\n    person.trust = g(0.5)", "a number has no parts",
          "line 2", head="def g(a):\n    return a[0]"),
)  # fmt: skip

# Refused when the file is read.
FILES = (
    BadRule("empty", ("no rule", "consumer_quarter"), "\n"),
    BadRule("Latin-1", ("not UTF-8", "line 1", "save it"), content=b"# \xfc\n" + CONSUMER.encode()),
    BadRule("UTF-16", ("UTF-16",), content=CONSUMER.encode("utf-16")),
    BadRule("NUL byte", ("NUL", "line 2"), content=b"x = 1\ny = 2\0\n"),
    BadRule("huge", ("bytes", "1,000,000"), content=b"#" * 1_000_001),
    BadRule("not Python", ("not valid Python", "line 1"), "def consumer_quarter(person:\n"),
    BadRule("sys.exit", ("SystemExit", "line 2"), "import sys\nsys.exit(3)\n"),
    BadRule("SystemExit", ("SystemExit", "line 1"), "raise SystemExit\n"),
    BadRule("KeyboardInterrupt", ("KeyboardInterrupt", "line 2"), "\nraise KeyboardInterrupt\n"),
    BadRule("GeneratorExit", ("GeneratorExit", "line 1"), "raise GeneratorExit\n"),
    BadRule(
        "an end of its own",
        ("Stop", "line 5"),
        "class Stop(BaseException):\n    pass\n\n\nraise Stop\n",
    ),
    BadRule("os._exit", ("ends the program", "line 2"), "import os\nos._exit(0)\n"),
    BadRule("os.abort", ("ends the program", "line 2"), "import os\nos.abort()\n"),
    BadRule("exit()", ("ends the program", "line 1"), "exit()\n"),
    BadRule("changes a library", ("math.exp", "line 2"), "import math\nmath.exp = math.sin\n"),
    BadRule(
        "changes this program",
        ("sim.units.QUARTERS_PER_YEAR", "line 2"),
        "from sim import units\nunits.QUARTERS_PER_YEAR = 5\n",
    ),
    BadRule(
        "changes bounds",
        ("CONSUMER_BOUNDS.trust",),
        "from sim.agents.consumer import CONSUMER_BOUNDS as b\nb['trust'] = (-9.0, 9.0)\n",
    ),
    BadRule("raises", ("ValueError", "line 1"), "raise ValueError('no')\n"),
    BadRule("no such module", ("no_such_module_here",), "import no_such_module_here\n"),
    BadRule("no such kind", ("'bank'", "consumer, sme"), "KIND = 'bank'\n"),
)
