"""Which rules each country has, by year, and from them the distance of every pair.

The tables code what is in force in 2026 (`position_*`, 0 to 1) and say when each rule began. Before
its first year the position is 0; a year in which a rule starts counts in full. Rules on data stand
apart: they make `data_restriction_path`, never the distance.
"""

from __future__ import annotations

import numpy as np

from sim.data.dates import start_year
from sim.data.gaps import Gaps
from sim.data.schema import YEARS, Row
from sim.data.select import Selection, one_a_year
from sim.errors import InputError
from sim.units import COUNTRIES

CODED_YEAR = 2026
FROM_MEMORY = "from memory, to be checked"

# Area -> the indicators that date it, the oldest rule first.
DATED_AREAS: dict[str, tuple[str, ...]] = {
    "e_transactions_law": ("e_transactions_law_first_year", "e_transactions_law_effective_year"),
    "online_consumer_protection": ("online_consumer_protection_law_effective_year",),
    "cybercrime_law": ("cybercrime_law_effective_year",),
    "platform_registration_or_local_rep": ("platform_rule_effective_year",),
    "rcep_in_force": ("rcep_in_force_date",),
    "asw_eform_d_live": ("asw_eform_d_start_year",),
}
PARCEL_AREA = "low_value_import_relief"
LINK_AREA = "qr_links_with_other_four"
PROTECTION_AREA = "data_protection"
_PROTECTION_DATES = ("data_protection_law_effective_year",)
_CLAUSES_OF = ("e_transactions_law_effective_year",)  # where there are clauses and no law
DATA_AREAS: dict[str, tuple[str, ...]] = {
    "cross_border_data_conditions": ("cross_border_data_conditions_effective_year",),
    "data_localisation": ("data_localisation_rule_effective_year",),
}
_THRESHOLDS = ("low_value_duty_threshold", "low_value_vat_threshold")
_NO_RELIEF = 1.0  # thresholds of one unit of local money or less free nothing


def distance_path(data: Selection, gaps: Gaps) -> np.ndarray:
    """Distance of every pair by year: shape (years, countries, countries), 0 to 1.

    The mean absolute difference of the positions over the areas known for both, with equal weights.
    """
    areas = [dated_positions(area, names, data, gaps) for area, names in DATED_AREAS.items()]
    areas += [_parcel_positions(data, gaps), _link_positions(data)]
    positions = np.stack(areas)
    differences = np.abs(positions[:, :, :, None] - positions[:, :, None, :])
    return np.asarray(np.nanmean(differences, axis=0))


def data_restriction_path(data: Selection, gaps: Gaps) -> np.ndarray:
    """Mean of conditions on transfers abroad and of localisation: shape (years, countries)."""
    areas = [dated_positions(area, names, data, gaps) for area, names in DATA_AREAS.items()]
    return np.asarray(np.mean(areas, axis=0))


def protection_path(iso: str, data: Selection, gaps: Gaps) -> np.ndarray:
    """Share of a standard of data protection that is in the law, 0 to 1: shape (years,)."""
    dated = any(data.rows(name, iso) for name in _PROTECTION_DATES)
    return dated_position(
        PROTECTION_AREA, _PROTECTION_DATES if dated else _CLAUSES_OF, iso, data, gaps
    )


def dated_positions(area: str, names: tuple[str, ...], data: Selection, gaps: Gaps) -> np.ndarray:
    """Positions in one area: shape (years, countries)."""
    return np.stack([dated_position(area, names, iso, data, gaps) for iso in COUNTRIES], axis=1)


def dated_position(
    area: str, names: tuple[str, ...], iso: str, data: Selection, gaps: Gaps
) -> np.ndarray:
    """Position of a country in one area: 0 before its first year, as coded from then on."""
    position = coded_position(area, iso, data, gaps)
    if position is None:
        raise InputError(f"no position_{area} of {iso}", where="regulation.csv", allowed="0 to 1")
    first = _first_year(names, iso, data, gaps) if position else 0
    return np.array([position if year >= first else 0.0 for year in YEARS])


def coded_position(area: str, iso: str, data: Selection, gaps: Gaps) -> float | None:
    """The position coded for 2026, or None where the rule of the country is not known."""
    rows = [row for row in data.rows(f"position_{area}", iso) if row.year == CODED_YEAR]
    return believed(rows, gaps).value if rows else None


def believed(rows: list[Row], gaps: Gaps) -> Row:
    """The latest figure; one from memory where there is no other, which then goes on record."""
    chosen = one_a_year(rows)
    if chosen:
        return chosen[-1]
    latest = max(rows, key=lambda row: row.year)
    gaps.record(latest.country, latest.indicator, latest.year, FROM_MEMORY, latest.value)
    return latest


def link_rows(data: Selection) -> dict[tuple[str, str], Row]:
    """Payment links that are in operation: (payer, payee) -> row. Planned ones are left out."""
    found = {}
    for payer in COUNTRIES:
        for payee in COUNTRIES:
            rows = one_a_year(data.rows("qr_link_start_date", f"{payer}-{payee}"))
            if rows:
                found[payer, payee] = rows[0]
    return found


def _first_year(names: tuple[str, ...], iso: str, data: Selection, gaps: Gaps) -> int:
    dated = [believed(rows, gaps) for name in names if (rows := data.rows(name, iso))]
    if not dated:
        raise InputError(
            f"{iso} has a rule but nothing says since when: {' or '.join(names)}",
            where="regulation.csv",
            allowed="a year for every position above 0",
        )
    return min(start_year(row) for row in dated)


def _parcel_positions(data: Selection, gaps: Gaps) -> np.ndarray:
    """Half for duty and half for VAT that small parcels are spared; NaN where not known."""
    path = np.full((len(YEARS), len(COUNTRIES)), np.nan)
    for column, iso in enumerate(COUNTRIES):
        coded = coded_position(PARCEL_AREA, iso, data, gaps)
        if coded is None:
            continue
        spared = [_spared(iso, name, data, gaps) for name in _THRESHOLDS]
        path[:, column] = np.mean(spared, axis=0)
        _agree(PARCEL_AREA, iso, coded, path[YEARS.index(CODED_YEAR), column])
    return path


def _spared(iso: str, name: str, data: Selection, gaps: Gaps) -> list[float]:
    """1 in years in which a threshold frees small parcels; the nearest earlier one holds."""
    known = data.by_year(name, iso)
    if not known:
        raise InputError(f"no {name} of {iso}", where="regulation.csv", allowed="one year or more")
    spared = []
    for year in YEARS:
        source = max((known_year for known_year in known if known_year <= year), default=min(known))
        threshold = known[source]
        if source != year:
            gaps.record(iso, name, year, f"rule of {source} held", threshold)
        spared.append(float(threshold > _NO_RELIEF))
    return spared


def _link_positions(data: Selection) -> np.ndarray:
    """Share of the other four that a country has a payment link with, in either direction."""
    linked = np.zeros((len(YEARS), len(COUNTRIES), len(COUNTRIES)), dtype=bool)
    for (payer, payee), row in link_rows(data).items():
        one, other = COUNTRIES.index(payer), COUNTRIES.index(payee)
        since = [year >= start_year(row) for year in YEARS]
        linked[since, one, other] = linked[since, other, one] = True
    path = linked.sum(axis=2) / (len(COUNTRIES) - 1)
    unrecorded = Gaps()
    for column, iso in enumerate(COUNTRIES):
        coded = coded_position(LINK_AREA, iso, data, unrecorded)
        if coded is not None:
            _agree(LINK_AREA, iso, coded, path[YEARS.index(CODED_YEAR), column])
    return np.asarray(path)


def _agree(area: str, iso: str, coded: float, rebuilt: float) -> None:
    if abs(coded - rebuilt) > 1e-9:
        raise InputError(
            f"position_{area} of {iso} is {coded:g}, but the dates of its rules make {rebuilt:g}",
            where="regulation.csv",
            allowed=f"a position of {CODED_YEAR} that agrees with the dates",
        )
