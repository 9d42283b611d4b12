"""Where people live: countries, their towns and countryside, and communities of neighbours.

People of a country have contiguous numbers: town dwellers first, then the countryside. Communities
are runs of numbers that never cross that border. A community stands for about 25,000 people (a
district), but has at least 250 agents at any scale, so that coarse runs merge districts instead of
shrinking the circle from which people learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.data.country import BASE_YEAR, Country, year_index
from sim.errors import InputError

PEOPLE_PER_COMMUNITY = 25_000
SMALLEST_COMMUNITY = 250
CHUNK_AGENTS = 65_536
CHUNKS_AT_LEAST = 32


def people_of(country: Country) -> float:
    """People who lived in a country in the reference year."""
    return float(country.population[year_index(BASE_YEAR)])


@dataclass(frozen=True)
class Places:
    """The map from agents' numbers to countries, areas, communities and chunks of work.

    Arrays over countries: `first` and `size` (agents), `urban_size`. Arrays over communities:
    `community_first` (one longer, in the numbering of all agents), `community_country`.
    `chunk_first` (one longer) cuts the communities into chunks.
    """

    countries: tuple[str, ...]
    first: NDArray[np.int64]
    size: NDArray[np.int64]
    urban_size: NDArray[np.int64]
    community_first: NDArray[np.int64]
    community_country: NDArray[np.int64]
    chunk_first: NDArray[np.int64]

    @property
    def agents(self) -> int:
        """Number of agents in all countries."""
        return int(self.size.sum())

    @property
    def communities(self) -> int:
        """Number of communities in all countries."""
        return len(self.community_country)


def lay_out(
    countries: Mapping[str, Country], scale: int, chunk_agents: int | None = None
) -> Places:
    """One agent for every `scale` people of 2022, laid out in areas and communities."""
    sizes, urban_sizes, firsts, owners = [], [], [], []
    start = 0
    for position, country in enumerate(countries.values()):
        size = round(people_of(country) / scale)
        if size < 2:
            raise InputError(
                f"at scale {scale} {country.name} has {size} agents",
                where="scale",
                allowed=f"1 to {int(people_of(country) // 2)}",
                todo="choose a finer scale, such as 1000",
            )
        urban = min(max(round(size * country.urban_share), 0), size)
        smallest = max(SMALLEST_COMMUNITY, PEOPLE_PER_COMMUNITY // scale)
        for area_first, area_size in ((start, urban), (start + urban, size - urban)):
            edges = _split(area_first, area_size, smallest)
            firsts += edges
            owners += [position] * len(edges)
        sizes.append(size)
        urban_sizes.append(urban)
        start += size
    community_first = np.array([*firsts, start], dtype=np.int64)
    size_array = np.array(sizes, dtype=np.int64)
    return Places(
        countries=tuple(countries),
        first=np.concatenate([[0], np.cumsum(size_array)[:-1]]).astype(np.int64),
        size=size_array,
        urban_size=np.array(urban_sizes, dtype=np.int64),
        community_first=community_first,
        community_country=np.array(owners, dtype=np.int64),
        chunk_first=_chunks(community_first, owners, chunk_agents),
    )


def _split(first: int, size: int, smallest: int) -> list[int]:
    """First numbers of equal communities of at least `smallest` agents (fewer only if need be)."""
    if size == 0:
        return []
    count = max(size // smallest, 1)
    return [first + size * k // count for k in range(count)]


def _chunks(
    community_first: NDArray[np.int64], owners: list[int], chunk_agents: int | None
) -> NDArray[np.int64]:
    """Cuts the communities into runs of about `chunk_agents` agents, none across two countries."""
    total = int(community_first[-1])
    wanted = chunk_agents or max(1, min(CHUNK_AGENTS, total // CHUNKS_AT_LEAST))
    cuts = [0]
    for community in range(1, len(owners)):
        full = community_first[community] - community_first[cuts[-1]] >= wanted
        if full or owners[community] != owners[community - 1]:
            cuts.append(community)
    return np.array([*cuts, len(owners)], dtype=np.int64)
