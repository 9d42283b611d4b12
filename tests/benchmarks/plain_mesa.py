"""The same consumers as an ordinary Mesa model, written by hand: for comparison only.

People are objects with attributes and a `step`; they know their country, their community and their
neighbours as objects, and draw from the model's generator. Everybody reads how the last quarter
ended (`shopped`, `cheated`), so the order of steps does not matter and nothing is shuffled. What is
the same for a whole country is computed once a quarter.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np

from sim.agents.contacts import DEFRAUDED, LOCAL_SHARE, NEIGHBOURS, SHOPS
from sim.agents.mesa_adapter import forget, mesa
from tests.benchmarks.moment import Moment
from tests.benchmarks.numpy_rules import describe


def once(hazard: float) -> float:
    return 1.0 - math.exp(-hazard / 4.0)


def fading(rate: float) -> float:
    return math.exp(-rate / 4.0)


class Community:
    """People who live near each other."""

    def __init__(self, shopper_share: float, victim_share: float) -> None:
        self.people: list[Consumer] = []
        self.shopper_share = shopper_share
        self.victim_share = victim_share

    def count(self) -> None:
        adults = max(sum(person.adult for person in self.people), 1)
        self.shopper_share = sum(person.shopper for person in self.people) / adults
        self.victim_share = sum(person.victim for person in self.people) / adults


class Country:
    """What is the same for everybody in one country, and what is counted there."""

    def __init__(self, p: SimpleNamespace, view: SimpleNamespace) -> None:
        self.p = p
        self.view = view
        self.people: list[Consumer] = []
        self.totals: dict[str, float] = {}
        self.drop_out = once(p.disconnection_hazard)
        self.learning = 1.0 - fading(p.skill_drift)
        self.learning_by_shopping = 1.0 - fading(p.skill_drift + p.learning_by_doing)
        self.forgetting = 1.0 - fading(p.skill_decay)
        self.getting_used = 1.0 - fading(1.0 / p.habit_time)
        self.trust_kept = fading(p.trust_recovery)
        self.trust_gained = 1.0 - fading(p.trust_gain)
        self.log_price = math.log(12.0 * view.data_price / p.affordability_threshold)

    def count(self) -> None:
        people = self.people
        self.totals = {
            "connected": sum(person.connected for person in people),
            "account": sum(person.account for person in people),
            "shopper": sum(person.shopper for person in people),
            "victim": sum(person.victim for person in people),
            "spending": sum(person.spending for person in people),
            "losses": sum(person.loss for person in people),
            "trust": sum(person.trust for person in people if person.connected and person.adult),
            "skill": sum(person.skill for person in people),
        }


class Consumer(mesa.Agent):
    """One person."""

    def __init__(
        self,
        model: Economy,
        country: Country,
        community: Community,
        who: dict[str, float],
        state: dict[str, float],
    ) -> None:
        super().__init__(model)
        self.country = country
        self.community = community
        self.neighbours: list[Consumer] = []
        self.adult = bool(who["adult"])
        self.young = bool(who["young"])
        self.older = bool(who["older"])
        self.woman = bool(who["woman"])
        self.urban = bool(who["urban"])
        view = country.view
        self.log_income = view.log_mean_income + who["log_income"]
        self.relative_income = self.log_income - view.log_reference_income
        self.income = math.exp(self.log_income) / 4.0
        area = "town" if self.urban else "countryside"
        self.coverage = getattr(view, f"coverage_{area}")
        self.quality = getattr(view, f"quality_{area}")
        newly = getattr(view, f"unaided_{area}") <= who["coverage_rank"]
        self.newly_covered = newly and who["coverage_rank"] < getattr(view, f"year_ago_{area}")
        gate = country.p.coverage_gate > 0.0
        self.reached = not gate or who["coverage_rank"] < self.coverage
        self.speed = 1.0 if gate else self.coverage
        self.propensity = who["propensity"]
        self.may_shop = who["reluctance"] >= country.p.never_online_buyers
        self.trust = state["trust"]
        self.skill = state["skill"]
        self.habit = state["habit"]
        self.spending = state["spending"]
        self.connected = bool(state["connected"])
        self.account = bool(state["account"])
        self.shopper = bool(state["shopper"])
        self.victim = bool(state["victim"])
        self.began_in_pandemic = bool(state["began_in_pandemic"])
        self.loss = 0.0
        self.shopped = self.shopper
        self.cheated = self.victim

    def step(self) -> None:
        if self.connected and self.adult:
            self.shop_or_stop()
            self.open_account()
            self.meet_scam()
            self.learn_whom_to_trust()
        self.connect_or_drop_out()
        self.learn()
        self.buy()

    def remember(self) -> None:
        self.shopped = self.shopper
        self.cheated = self.victim

    def shop_or_stop(self) -> None:
        p = self.country.p
        if self.shopper:
            hazard = p.shopper_lapse * math.exp(p.trust_in_lapse * self.missing_trust())
            if self.began_in_pandemic:
                hazard += p.pandemic_lapse * self.country.view.pandemic_ebb
            if self.random.random() < once(hazard):
                self.shopper = self.began_in_pandemic = False
        elif self.may_shop:
            view = self.country.view
            shopping = sum(friend.shopped for friend in self.neighbours) / NEIGHBOURS
            contacts = (
                (1.0 - p.community_weight - p.neighbour_weight) * view.shopper_share
                + p.community_weight * self.community.shopper_share
                + p.neighbour_weight * shopping
            )
            hazard = (p.innovation + p.imitation * contacts) * math.exp(self.appeal_of_shopping())
            draw = self.random.random()
            if draw < once(hazard * (1.0 + p.covid_adoption * view.covid)):
                self.shopper = True
                self.began_in_pandemic = draw >= once(hazard)

    def missing_trust(self) -> float:
        p = self.country.p
        return p.trust_sensitivity * (p.trust_level - self.trust)

    def appeal_of_shopping(self) -> float:
        p = self.country.p
        appeal = (
            p.adoption_shift
            + p.adoption_income_slope * self.relative_income
            + p.adoption_skill_slope * (self.skill - p.reference_skill)
            - p.trust_in_starting * self.missing_trust()
            - p.variety_slope * self.country.view.log_online_price
            + p.adoption_spread * self.propensity
        )
        if not self.account:
            appeal -= p.cash_penalty
        if not self.urban:
            appeal -= p.remoteness_penalty
        if self.young:
            appeal += p.youth_adoption
        if self.older:
            appeal -= p.older_adoption
        return min(max(appeal, -p.largest_appeal), p.largest_appeal)

    def open_account(self) -> None:
        if not self.account:
            p, view = self.country.p, self.country.view
            use = 1.0 + p.account_peer_effect * view.account_share
            use += p.interoperability_effect * view.interoperability
            pull = use * math.exp(p.account_income_slope * self.relative_income)
            pull *= 1.0 + p.covid_accounts * view.covid
            if self.random.random() < once(p.account_hazard * pull):
                self.account = True

    def meet_scam(self) -> None:
        p, view = self.country.p, self.country.view
        protection = view.scam_protection + p.skill_scam_protection * self.skill
        hazard = p.scam_hazard * view.scam_pressure * math.exp(-protection)
        if self.shopper:
            hazard *= 1.0 + p.shopper_scam_exposure
        self.victim = self.random.random() < once(hazard)
        self.loss = p.scam_loss_share * self.income if self.victim else 0.0

    def learn_whom_to_trust(self) -> None:
        p = self.country.p
        cheated = sum(friend.cheated for friend in self.neighbours) / NEIGHBOURS
        lost = p.word_of_mouth * 0.5 * (self.community.victim_share + cheated)
        if self.victim:
            lost += p.victim_trust_loss
        level = p.trust_level + self.country.view.trust_support
        trust = level + (self.trust - level) * self.country.trust_kept - lost * self.trust
        if self.shopper and not self.victim:
            trust += (1.0 - self.trust) * self.country.trust_gained
        self.trust = min(max(trust, 0.0), 1.0)

    def connect_or_drop_out(self) -> None:
        if self.connected:
            if not self.reached or self.random.random() < self.country.drop_out:
                self.connected = self.shopper = self.victim = self.began_in_pandemic = False
                self.loss = 0.0
        elif self.reached:
            p = self.country.p
            burden = self.country.log_price - self.log_income
            affordable = 1.0 / (1.0 + math.exp(p.affordability_slope * burden))
            hazard = p.connection_hazard * self.speed * affordable
            hazard *= 1.0 - p.reference_skill + self.skill
            if self.woman:
                hazard *= p.women_connection_ratio
            if self.random.random() < once(hazard):
                self.connected = True

    def learn(self) -> None:
        country = self.country
        gain = country.learning_by_shopping if self.shopper else country.learning
        self.skill += (1.0 - self.skill) * gain - self.skill * country.forgetting
        offer = country.view.training_offer
        if offer > 0.0 and self.adult:
            tilt = country.p.training_women_tilt
            offer *= 1.0 + tilt if self.woman else 1.0 - tilt
            if self.random.random() < once(offer) * country.p.training_take_up:
                self.skill += (1.0 - self.skill) * country.p.training_gain

    def buy(self) -> None:
        if self.shopper:
            p, view = self.country.p, self.country.view
            self.habit += (1.0 - self.habit) * self.country.getting_used
            odds = p.spending_level * self.habit * (1.0 + p.covid_spending * view.covid)
            taste = (
                -p.trust_in_spending * self.missing_trust()
                + (p.spending_income_elasticity - 1.0) * self.relative_income
                + (1.0 - p.price_elasticity) * view.log_online_price
                + p.spending_spread * self.propensity
                + p.quality_spending * self.quality
            )
            if self.account:
                taste += p.payment_spending * view.interoperability
            odds *= math.exp(taste)
            consumption = view.consumption_share * self.income
            if self.newly_covered:
                consumption *= 1.0 + p.coverage_income
            self.spending = p.spending_cap * consumption * odds / (1.0 + odds)
        else:
            self.spending = 0.0


class Economy(mesa.Model):
    """The people of a moment, who live through quarters like that one."""

    def __init__(self, now: Moment, seed: int = 1) -> None:
        super().__init__(rng=seed)
        before = now.before
        self.countries = [
            Country(now.country("parameters", position), now.country("views", position))
            for position in range(len(before["homes"]))
        ]
        self.communities: list[Community] = []
        first = before["community_first"].tolist()
        for number, position in enumerate(before["community_country"].tolist()):
            country = self.countries[position]
            community = Community(
                float(before["shopper_share"][number]), float(before["victim_share"][number])
            )
            self.communities.append(community)
            self._settle(now, position, country, community, range(first[number], first[number + 1]))
        for country in self.countries:
            for person in country.people:
                person.neighbours = [self._acquaintance(person) for _ in range(NEIGHBOURS)]
        for person, shown in zip(self.agents, before["seen"].tolist(), strict=True):
            person.shopped, person.cheated = bool(shown & SHOPS), bool(shown & DEFRAUDED)
        forget(self)

    def _settle(
        self, now: Moment, position: int, country: Country, community: Community, people: range
    ) -> None:
        before, home = now.before, now.country("homes", position)
        number = np.arange(people.start - home.first, people.stop - home.first)
        who = vars(describe(home, before["traits"][position], number < home.urban_size, number))
        rows = before["rows"][people.start : people.stop]
        states = [dict(zip(rows.dtype.names, row, strict=True)) for row in rows.tolist()]
        for i, state in enumerate(states):
            traits = {name: column[i].item() for name, column in who.items()}
            person = Consumer(self, country, community, traits, state)
            community.people.append(person)
            country.people.append(person)

    def _acquaintance(self, person: Consumer) -> Consumer:
        near = self.random.random() < LOCAL_SHARE
        return self.random.choice(person.community.people if near else person.country.people)

    def step(self) -> None:
        """One quarter."""
        self.agents.do("step")
        self.agents.do("remember")
        for place in (*self.countries, *self.communities):
            place.count()

    def total(self, what: str) -> float:
        """Sum over the countries of one of the counted totals."""
        return sum(country.totals[what] for country in self.countries)
