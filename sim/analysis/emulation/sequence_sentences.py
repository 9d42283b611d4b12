"""When reforms should start and whether to wait, in sentences, with how far it can be believed."""

from __future__ import annotations

import numpy as np

from sim.analysis.emulation.sequence import SECOND, Sequencing
from sim.analysis.emulation.timetables import ADAPT, DELAY, FIRST, LAST, NOW, WAIT
from sim.analysis.text.formatting import amount, listed
from sim.quantile_bands import interval


def sentences(result: Sequencing) -> list[str]:
    """The answer, whether to wait, and how far it can be believed."""
    return [
        _plan(result),
        _waiting(result),
        _belief(result),
        *result.notes,
    ]


def _amount(result: Sequencing, value: float) -> str:
    unit = result.objective.unit
    return f"US$ {amount(value)}" if unit == "US$" else f"{amount(value)} {unit}"


def _plan(result: Sequencing) -> str:
    row = result.choice.plans[NOW]
    value = result.values[row]
    low, high = interval(value)
    limit = "" if result.a_year is None else f", at most {result.a_year} new levers a year"
    return (
        f"With US$ {result.budget:,.4g} m a year{limit} ('{result.about['mix']}' in full costs US$ "
        f"{result.full_cost:,.4g} m in {LAST}), best in expectation is {result.words(row)}. "
        f"It adds {_amount(result, float(value.mean()))} ({amount(low)} to {amount(high)}, "
        f"{result.band}) by the emulator. {len(result.starts):,} timetables can be paid at "
        "expected costs."
    )


def _waiting(result: Sequencing) -> str:
    mean = {name: float(value.mean()) for name, value in result.choice.values.items()}
    delay, informed = mean[NOW] - mean[DELAY], mean[WAIT] - mean[DELAY]
    text = (
        f"Waiting a year costs {_amount(result, delay)} on average; evidence that settles "
        f"everything would be worth {_amount(result, informed)} afterwards. "
    )
    gap = mean[WAIT] - mean[NOW]
    if abs(gap) <= result.error:
        text += (
            f"Waiting and acting now differ by {_amount(result, abs(gap))}, less than the error of "
            f"the emulator ({_amount(result, result.error)}): they cannot be distinguished."
        )
    elif gap > 0.0:
        share = 100 * delay / informed
        text += f"Waiting pays only where evidence is worth more than {share:.0f} % of that."
    else:
        text += "Even evidence that settles everything does not make up for the year."
    begun = [result.levers[at] for at in result.choice.first]
    gain = mean[ADAPT] - max(mean[NOW], mean[WAIT])
    return (
        f"{text} Where full evidence comes a year later, best is to start "
        f"{listed(begun) or 'nothing'} in {FIRST} and to choose the rest then: "
        f"{_amount(result, gain)} more than the better of both."
    )


def _belief(result: Sequencing) -> str:
    text = (
        f"The emulator explains {100 * result.explained:.1f} % of the variance of effects at "
        f"timetables left out; its error is {_amount(result, result.error)} in the mean over draws."
    )
    if NOW in result.full:
        full, said = result.full[NOW], result.values[result.choice.plans[NOW]]
        text += (
            f" Full runs of the best plan: {_amount(result, float(full.mean()))} against "
            f"{_amount(result, float(said.mean()))}."
        )
    if NOW in result.full and SECOND in result.full:
        gap = result.full[NOW] - result.full[SECOND]
        margin = 2.0 * float(gap.std(ddof=1)) / float(np.sqrt(len(gap)))
        text += f" It and the second plan differ by {_amount(result, float(gap.mean()))} there"
        sure = abs(float(gap.mean())) > max(result.error, margin)
        text += ", more than both errors." if sure else ": they cannot be distinguished."
    return text
