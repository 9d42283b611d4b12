// The page: controls change the mix, the mix changes everything that is shown.
"use strict";

const HEADLINE = ["purchases_usd", "losses_avoided_usd"];
const QUIET = 250; // milliseconds without a move after which the link is written

class Page {
  constructor(data) {
    this.data = data;
    this.words = new Words(data.strings);
    this.emulator = new Emulator(data);
    this.mix = new Mix(data);
    this.panels = new Panels(data, this.words);
    this.took = 0; // milliseconds from a move to what is shown
    this.preset = "nothing";
    this.byId = (id) => document.getElementById(id);
    this.cards = new Map(Object.keys(data.levers).map((lever) => [lever, card(this.byId(`lever-${lever}`))]));
    this.listen();
    this.open();
  }

  listen() {
    document.addEventListener("input", (event) => {
      const slider = event.target;
      if (slider.type !== "range") return;
      if (slider.dataset.at) this.mix.set(Number(slider.dataset.at), slider.value);
      else this.mix.setAll(slider.dataset.lever, slider.value);
      this.preset = "";
      this.show(slider);
    });
    this.byId("start").addEventListener("change", (event) => this.choose(event.target.value));
    this.byId("language").addEventListener("change", (event) => this.speak(event.target.value));
    this.byId("where").addEventListener("change", (event) => {
      this.where = event.target.value;
      this.show();
    });
    this.byId("reset").addEventListener("click", () => this.choose("nothing"));
    this.byId("print").addEventListener("click", () => window.print());
    const copies = { sentence: () => this.sentence, link: () => this.link(), scenario: () => this.mix.toToml() };
    for (const [name, text] of Object.entries(copies)) {
      this.byId(`copy-${name}`).addEventListener("click", () => this.copy(text()));
    }
    window.addEventListener("hashchange", () => {
      if (location.hash !== this.written) this.open();
    });
  }

  /** Begin with what the link says; without a link, with the best mix that was found. */
  open() {
    this.written = location.hash;
    const { language, where } = this.mix.fromHash(location.hash);
    const best = location.hash ? undefined : this.data.presets.find((one) => one.group === "best");
    if (best) this.mix.start(best.levels);
    this.where = this.data.countries.includes(where) ? where : REGION;
    this.byId("where").value = this.where;
    this.preset = best ? presetKey(best) : this.mix.nothing ? "nothing" : "";
    this.speak(language in this.data.languages ? language : "en");
  }

  choose(name) {
    if (!name) return;
    const chosen = this.data.presets.find((one) => presetKey(one) === name);
    this.mix.start(chosen ? chosen.levels : {});
    this.preset = name;
    this.show();
  }

  speak(language) {
    this.words.language = language;
    document.documentElement.lang = language;
    this.byId("language").value = language;
    this.byId("draft").hidden = language === "en";
    const about = { ...this.data.about, band: this.words.text(this.data.range ? "band.range" : "band.percent") };
    about.money = this.words.amount(about.budget * 1e6);
    about.n = this.data.check.length ? this.data.check[0].mixes : 0;
    for (const element of document.querySelectorAll("[data-t]")) {
      element.textContent = this.words.text(element.dataset.t, about);
    }
    for (const element of document.querySelectorAll("[data-evidence]")) {
      element.textContent = this.evidence(this.data.levers[element.dataset.evidence]);
    }
    this.listPresets();
    this.showChecks();
    this.show();
  }

  evidence(lever) {
    const words = this.words;
    const grade = words.text("lever.grade", { grade: lever.grade, meaning: words.text(`grade.${lever.grade}`) });
    return `${grade} ${words.text(lever.studies ? "studies.some" : "studies.none", { n: lever.studies })}`;
  }

  listPresets() {
    const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });
    const names = { best: (one) => `${this.words.text(`mix.${one.name}`)}: ${this.words.text(`purse.${one.of}`)}`,
      shipped: (one) => `${one.title} (${one.name})`, lever: (one) => this.words.text(`title.${one.name}`) };
    const groups = Object.entries(names).map(([group, name]) => {
      const made = Object.assign(document.createElement("optgroup"), { label: this.words.text(`start.${group}`) });
      made.append(...this.data.presets.filter((one) => one.group === group).map((one) => option(presetKey(one), name(one))));
      return made;
    }).filter((group) => group.children.length);
    this.byId("start").replaceChildren(option("", this.words.text("start.own")), option("nothing", this.words.text("start.nothing")), ...groups);
  }

  /** Calculate and show everything; `moved` is the slider under the hand. */
  show(moved = null) {
    const begun = performance.now();
    const made = this.emulator.evaluate(this.mix.levels);
    this.found = {};
    for (const [outcome, places] of Object.entries(made)) {
      this.found[outcome] = {};
      for (const [place, values] of Object.entries(places)) this.found[outcome][place] = this.emulator.summary(values);
    }
    this.panels.show(this.found);
    this.showLevers(moved);
    this.showSentence();
    this.showPreset();
    this.took = performance.now() - begun;
    clearTimeout(this.later);
    this.later = setTimeout(() => this.settle(), QUIET);
  }

  showLevers(moved) {
    const items = [];
    for (const [lever, about] of Object.entries(this.data.levers)) {
      const shown = this.cards.get(lever);
      const mine = this.mix.of(lever);
      const top = Math.max(...mine.map((at) => this.mix.levels[at]));
      const ended = mine.filter((at) => top > 0 && this.mix.levels[at] === this.data.most[at]);
      const dose = this.doseText(lever, about, top);
      shown.all.classList.toggle("on", top > 0);
      write(shown.says, dose);
      write(shown.ended, ended.length ? this.words.text("lever.at_end", { places: this.places(ended) }) : "");
      write(shown.cost, top > 0 ? this.words.yearly(this.costOf(mine)) : "");
      for (const slider of shown.sliders) {
        const at = slider.dataset.at;
        const level = at ? this.mix.levels[at] : top;
        if (slider !== moved) slider.value = level;
        const own = level === 0 ? this.words.text("lever.off") : this.words.dose(lever, about, level);
        slider.setAttribute("aria-valuetext", at ? own : dose);
      }
      for (const output of shown.countries) {
        const at = Number(output.dataset.of);
        const level = this.mix.levels[at];
        write(output, `${this.words.short(about, level)}${level > 0 ? ` · ${this.words.yearly(this.costOf([at]))}` : ""}`);
      }
      for (const end of shown.ends) write(end, this.words.short(about, Number(end.dataset.end)));
      if (top > 0) items.push(`${this.words.text(`title.${lever}`)}: ${dose}`);
    }
    this.byId("words").replaceChildren(...items.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    this.byId("mix").hidden = !items.length;
  }

  doseText(lever, about, top) {
    if (top === 0) return this.words.text("lever.off");
    if (this.mix.same(lever)) return this.words.dose(lever, about, top);
    return `${this.words.text("lever.differs")}: ${this.byCountry(lever, about)}`;
  }

  byCountry(lever, about) {
    return this.mix.of(lever).filter((at) => this.mix.levels[at] > 0)
      .map((at) => `${this.places([at])} ${this.words.short(about, this.mix.levels[at])}`).join(", ");
  }

  places(doses) {
    return doses.map((at) => this.words.text(`place.${this.data.doses[at].place || REGION}`)).join(", ");
  }

  /** What doses cost a year, mean over draws, US$. */
  costOf(doses) {
    let sum = 0;
    for (const at of doses) {
      const share = this.mix.levels[at] / this.data.most[at];
      this.data.countries.forEach((iso, country) => { sum += share * this.emulator.meanPrice(country, at); });
    }
    return sum / YEARS;
  }

  showSentence() {
    const words = this.words;
    const cost = words.value(COST, this.found[COST][this.where].mean / YEARS);
    const where = words.text(this.where === REGION ? "where.GMS5" : `place.${this.where}`);
    const parts = HEADLINE.map((outcome) => this.part(outcome));
    const purchases = this.found.purchases_usd[this.where];
    this.sentence = this.mix.nothing ? words.text("say.nothing")
      : words.text("say.all", { purchases: parts[0], losses: parts[1], cost, where });
    const unsure = !this.mix.nothing && purchases.low < 0 && purchases.high > 0;
    if (unsure) this.sentence += ` ${words.text("say.unsure")}`;
    if (this.byId("sentence").textContent !== this.sentence) this.byId("sentence").textContent = this.sentence;
    write(this.byId("bar"), this.mix.nothing ? "" : this.sentence); // in sight on a telephone
  }

  part(outcome) {
    const one = this.found[outcome][this.where];
    const error = this.data.errors[outcome][this.where];
    const key = `say.${outcome}`;
    if (Math.abs(one.mean) < error) return this.words.text(`${key}.small`, { error: this.words.value(outcome, error) });
    const [low, high] = one.mean > 0 ? [one.low, one.high] : [-one.high, -one.low];
    const values = { value: this.words.value(outcome, Math.abs(one.mean)), ...this.words.ends(low, high) };
    return this.words.text(`${key}.${one.mean > 0 ? "up" : "down"}`, values);
  }

  showPreset() {
    this.byId("start").value = this.preset;
    const chosen = this.data.presets.find((one) => presetKey(one) === this.preset);
    const about = this.data.about;
    const known = `aim.${about.aim}` in this.data.strings.en ? this.words.text(`aim.${about.aim}`) : about.aim;
    const says = { best: () => this.words.text("start.about_best", { money: this.words.amount(about.budget * 1e6), aim: known }),
      shipped: () => this.words.text(chosen.of ? "start.about_mean" : "start.about_shipped"), lever: () => "" };
    this.byId("about-start").textContent = chosen ? says[chosen.group]() : "";
  }

  showChecks() {
    const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
    this.byId("checked").hidden = !this.data.check.length;
    this.byId("unchecked").hidden = Boolean(this.data.check.length);
    this.byId("check-rows").replaceChildren(...this.data.check.map((one) => {
      const row = document.createElement("tr");
      row.className = one.country === REGION ? "whole" : "";
      const shown = one.explained === null ? "" : `${Math.round(100 * one.explained)} %`.replace("-", MINUS);
      const head = cell("th", this.words.text(`outcome.${one.outcome}`));
      head.scope = "row";
      row.append(head, cell("td", this.words.text(`place.${one.country}`)), cell("td", shown),
        cell("td", this.words.value(one.outcome, one.mean_absolute_error)), cell("td", this.words.value(one.outcome, one.error)),
        cell("td", `${Math.round(100 * one.within_error)} %`));
      return row;
    }));
  }

  link() {
    return location.href.split("#")[0] + "#" + this.mix.toHash(this.words.language, this.where);
  }

  /** What can wait until nothing moves: the link and the scenario file. */
  settle() {
    const toml = this.mix.toToml();
    this.byId("toml").value = toml;
    this.byId("save-scenario").href = "data:text/plain;charset=utf-8," + encodeURIComponent(toml);
    this.written = "#" + this.mix.toHash(this.words.language, this.where);
    history.replaceState(null, "", this.written);
  }

  async copy(text) {
    let done = "copied";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done = "not_copied";
      this.byId("fallback").value = text;
      this.byId("fallback").hidden = false;
      this.byId("fallback").select();
    }
    this.byId("copy-status").textContent = this.words.text(done);
  }
}

/** The parts of the card of a lever that change. */
function card(all) {
  const one = (css) => all.querySelector(css);
  const many = (css) => [...all.querySelectorAll(css)];
  return { all, says: one(".says"), ended: one(".ended"), cost: one(".cost"), sliders: many("input"),
    countries: many("[data-of]"), ends: many("[data-end]") };
}

/** Change a text only where it is another one. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function presetKey(one) {
  return [one.group, one.name, one.of].filter(Boolean).join(":");
}

const explorer = new Page(JSON.parse(document.getElementById("data").textContent));
window.explorer = explorer;
