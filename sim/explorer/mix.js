// The mix that is shown: levels of all doses, its link, its scenario file.
"use strict";

const DIGITS = 4; // of a level, as in the runs

class Mix {
  constructor(data) {
    this.data = data;
    this.levels = data.most.map(() => 0);
  }

  /** Numbers of the doses of a lever. */
  of(lever) {
    return this.data.doses.flatMap((dose, at) => (dose.lever === lever ? [at] : []));
  }

  /** Set one dose, no further than the design goes. */
  set(at, level) {
    const cut = Math.min(Math.max(Number(level) || 0, 0), this.data.most[at]);
    this.levels[at] = Math.min(Number(cut.toPrecision(DIGITS)), this.data.most[at]);
  }

  setAll(lever, level) {
    for (const at of this.of(lever)) this.set(at, level);
  }

  clear() {
    this.levels.fill(0);
  }

  start(levels) {
    this.clear();
    for (const [at, level] of Object.entries(levels)) this.set(Number(at), level);
  }

  get nothing() {
    return this.levels.every((level) => level === 0);
  }

  /** Whether all doses of a lever are one level, as far as the design goes in each country. */
  same(lever) {
    const mine = this.of(lever);
    const top = Math.max(...mine.map((at) => this.levels[at]));
    return mine.every((at) => this.levels[at] === Math.min(top, this.data.most[at]));
  }

  /** The part of a link after the #: a level for each lever, or for each of its countries. */
  toHash(language, where) {
    const parts = [["lang", language], ["where", where]];
    for (const lever of Object.keys(this.data.levers)) {
      const mine = this.of(lever);
      const top = Math.max(...mine.map((at) => this.levels[at]));
      if (top === 0) continue;
      if (this.same(lever)) parts.push([lever, top]);
      else for (const at of mine) if (this.levels[at] > 0) parts.push([`${lever}.${this.data.doses[at].place}`, this.levels[at]]);
    }
    return parts.map((pair) => pair.join("=")).join("&");
  }

  /** Take levels from a link; returns its language and country, if it has them. */
  fromHash(hash) {
    this.clear();
    const said = { lang: "", where: "" };
    for (const part of hash.replace(/^#/, "").split("&")) {
      const [name, value] = part.split("=").map(decodeURIComponent);
      const [lever, place] = name.split(".");
      if (name in said) said[name] = value;
      else if (lever in this.data.levers) {
        for (const at of this.of(lever)) if (!place || this.data.doses[at].place === place) this.set(at, value);
      }
    }
    return { language: said.lang, where: said.where };
  }

  /** The mix as a scenario file. */
  toToml() {
    const lines = [
      "# A mix from the policy explorer. The page supposes that every dose is paid; treasuries of the",
      "# baseline may pay for less. To lift their limit, take the signs away from the next two lines.",
      "# [parameters]",
      "# digital_budget_share = 0.2",
    ];
    const head = ['extends = "baseline"', 'title = "A mix from the policy explorer"', 'baseline = "baseline"', ""];
    for (const [lever, about] of Object.entries(this.data.levers)) {
      for (const [level, places] of this.byLevel(lever)) {
        lines.push("", `[[levers.${lever}]]  # level: ${about.unit}`);
        lines.push(`${about.scope} = ${places.includes("") ? '"all"' : JSON.stringify(places)}`);
        lines.push(`level = ${level}`, 'start = "2026Q1"');
      }
    }
    return [...head, ...lines, ""].join("\n");
  }

  byLevel(lever) {
    const found = new Map();
    for (const at of this.of(lever)) {
      const level = this.levels[at];
      if (level > 0) found.set(level, [...(found.get(level) || []), this.data.doses[at].place]);
    }
    return found;
  }
}
