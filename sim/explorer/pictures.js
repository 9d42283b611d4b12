// Dots with intervals: one panel for each outcome, one row for each place.
"use strict";

const YEARS = 5;
const NARROW = 0.3; // of an axis, that two of its labels need

/** The next of 1, 2, 5, 10, ... that is not smaller. */
function ceiling(value) {
  if (!(value > 0)) return 0;
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((times) => times * step).find((end) => end >= value * (1 - 1e-9));
}

class Panels {
  constructor(data, words) {
    this.data = data;
    this.words = words;
    this.panels = [...document.querySelectorAll("[data-outcome]")].map((panel) => ({
      outcome: panel.dataset.outcome,
      axis: panel.querySelector(".axis"),
      rows: [...panel.querySelectorAll("tr[data-place]")].map((row) => ({
        place: row.dataset.place,
        plot: row.querySelector(".plot"),
        value: row.querySelector(".value"),
        notes: row.querySelector(".notes"),
      })),
    }));
  }

  /** Draw the summaries of all outcomes and places, in per cent of the baseline or the budget. */
  show(found) {
    for (const panel of this.panels) {
      const { outcome } = panel;
      const errors = this.data.errors[outcome];
      const shown = panel.rows.map((row) => {
        const one = found[outcome][row.place];
        const whole = this.whole(outcome, row.place);
        const values = { mean: one.mean, low: one.low, high: one.high, less: -errors[row.place], more: errors[row.place] };
        const shares = Object.entries(values).map(([name, value]) => [name, whole ? value / whole : 0]);
        return { row, one, error: errors[row.place], shares: Object.fromEntries(shares), whole };
      });
      const most = (end) => Math.max(...shown.map(({ shares }) => Math.max(end * shares.low, end * shares.high, shares.more)));
      const high = ceiling(most(1));
      const low = outcome === COST ? 0 : -ceiling(most(-1));
      const at = (share) => `${(100 * (Math.min(Math.max(share, low), high) - low)) / (high - low || 1)}%`;
      for (const item of shown) this.row(outcome, item, at);
      this.axis(panel, low, high, at);
    }
  }

  /** What a change is a share of: the baseline, or for costs the budget of five years. */
  whole(outcome, place) {
    const byCountry = outcome === COST ? this.data.budgets : this.data.base[outcome];
    const sum = place === REGION ? Object.values(byCountry).reduce((a, b) => a + b, 0) : byCountry[place];
    return Math.abs(sum) * (outcome === COST ? YEARS : 1);
  }

  row(outcome, { row, one, error, shares, whole }, at) {
    const places = Object.entries({ ...shares, zero: 0 }).map(([name, share]) => `--${name}:${at(share)}`);
    row.plot.style.cssText = places.join(";");
    const words = this.words;
    const none = one.mean === 0 && one.low === 0 && one.high === 0;
    const small = !none && Math.abs(one.mean) < error;
    row.plot.classList.toggle("small", small || none);
    row.value.parentElement.classList.toggle("small", small || none);
    row.value.textContent = none ? words.text("number.none")
      : words.text("number.band", { value: words.value(outcome, one.mean, outcome !== COST), ...words.ends(one.low, one.high) });
    const share = words.text(outcome === COST ? "number.budget" : "number.base", { percent: percent(shares.mean) });
    const off = words.text(small ? "number.small" : "number.error", { error: words.amount(error) });
    row.notes.textContent = [off, ...(none || small || !whole ? [] : [share])].join("; ");
  }

  axis(panel, low, high, at) {
    const room = -low > NARROW * (high - low); // for the lower end to the left of zero
    const ticks = [...(room ? [low] : []), 0, high].filter((value, k, all) => all.indexOf(value) === k);
    panel.axis.replaceChildren(...ticks.map((value) => {
      const tick = document.createElement("span");
      tick.textContent = value === 0 ? "0" : percent(value);
      tick.style.setProperty("--at", at(value));
      tick.className = value === high ? "last" : value === low ? "first" : "";
      return tick;
    }));
  }
}
