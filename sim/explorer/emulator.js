// Effects of doses from the fitted processes: the formula of Fit.everywhere in gaussian_process.py.
"use strict";

const REGION = "GMS5";
const COST = "cost_usd";
const LOW = 0.05;
const HIGH = 0.95;

/** Numbers of so many bytes from base64. */
function decoded(text, width) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return width === 8 ? new Float64Array(bytes.buffer) : Float64Array.from(new Float32Array(bytes.buffer));
}

class Emulator {
  constructor(data) {
    this.data = data;
    this.draws = data.draws;
    this.inputs = data.inputs;
    this.price = decoded(data.price, data.width);
    const points = decoded(data.points, data.width);
    this.fits = {};
    for (const [outcome, byCountry] of Object.entries(data.fits)) {
      this.fits[outcome] = {};
      for (const [iso, fit] of Object.entries(byCountry)) {
        this.fits[outcome][iso] = this.prepared(fit, points);
      }
    }
  }

  /** A fit with its points already divided by the lengths. */
  prepared(fit, points) {
    const count = points.length / this.inputs;
    const curved = fit.smooth.length;
    const scaled = new Float64Array(count * curved);
    for (let row = 0; row < count; row++) {
      for (let k = 0; k < curved; k++) {
        scaled[row * curved + k] = points[row * this.inputs + fit.smooth[k]] / fit.lengths[k];
      }
    }
    const width = this.data.width;
    return { ...fit, count, scaled, linear: decoded(fit.linear, width), weights: decoded(fit.weights, width) };
  }

  /** Effects by draw of one fit; `shares` are doses as shares of the largest. */
  effect(fit, shares) {
    const draws = this.draws;
    const found = new Float64Array(draws);
    for (let input = 0; input < this.inputs; input++) {
      if (shares[input] === 0) continue;
      for (let draw = 0; draw < draws; draw++) found[draw] += shares[input] * fit.linear[input * draws + draw];
    }
    const curved = fit.smooth.length;
    const here = fit.smooth.map((input, k) => shares[input] / fit.lengths[k]);
    for (let row = 0; row < fit.count; row++) {
      let square = 0;
      for (let k = 0; k < curved; k++) {
        const away = here[k] - fit.scaled[row * curved + k];
        square += away * away;
      }
      const kernel = fit.size * fit.size * Math.exp(-0.5 * square);
      for (let draw = 0; draw < draws; draw++) found[draw] += kernel * fit.weights[row * draws + draw];
    }
    return found;
  }

  /** What each treasury pays in five years, by draw. */
  cost(country, shares) {
    const found = new Float64Array(this.draws);
    const countries = this.data.countries.length;
    for (let draw = 0; draw < this.draws; draw++) {
      const start = (draw * countries + country) * this.inputs;
      for (let input = 0; input < this.inputs; input++) found[draw] += shares[input] * this.price[start + input];
    }
    return found;
  }

  /** What a dose at its largest costs a country in five years, mean over draws. */
  meanPrice(country, input) {
    const countries = this.data.countries.length;
    let sum = 0;
    for (let draw = 0; draw < this.draws; draw++) sum += this.price[(draw * countries + country) * this.inputs + input];
    return sum / this.draws;
  }

  /** Effects by draw of levels: by outcome and place. Where nothing is done nothing changes. */
  evaluate(levels) {
    const shares = levels.map((level, at) => level / this.data.most[at]);
    const nothing = shares.every((share) => share === 0);
    const made = {};
    const of = (outcome, byCountry) => {
      const whole = new Float64Array(this.draws);
      made[outcome] = {};
      this.data.countries.forEach((iso, at) => {
        const values = nothing ? new Float64Array(this.draws) : byCountry(iso, at);
        made[outcome][iso] = values;
        values.forEach((value, draw) => { whole[draw] += value; });
      });
      made[outcome][REGION] = whole;
    };
    for (const outcome of this.data.outcomes) of(outcome, (iso) => this.effect(this.fits[outcome][iso], shares));
    of(COST, (iso, at) => this.cost(at, shares));
    return made;
  }

  /** Mean and band over draws: the range, or quantiles at positions k / (n + 1). */
  summary(values) {
    const sorted = Float64Array.from(values).sort();
    const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
    if (this.data.range) return { mean, low: sorted[0], high: sorted[sorted.length - 1] };
    return { mean, low: quantile(sorted, LOW), high: quantile(sorted, HIGH) };
  }
}

/** A quantile of sorted values (type 6 of Hyndman and Fan, as in quantile_bands.py). */
function quantile(sorted, probability) {
  const last = sorted.length - 1;
  const place = Math.min(Math.max((sorted.length + 1) * probability - 1, 0), last);
  const below = Math.floor(place);
  const above = Math.min(below + 1, last);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
