// Texts in the chosen language, and numbers as text.
"use strict";

const STEPS = [[1e9, "number.bn"], [1e6, "number.m"], [1e3, "number.thousand"]];
const FIGURES = 2; // significant digits of an effect, of which more cannot be known
const MINUS = "\u2212";

class Words {
  constructor(strings) {
    this.strings = strings;
    this.language = "en";
  }

  /** The text of a key, in English where the language lacks it, with values put in. */
  text(key, values = {}) {
    const found = (this.strings[this.language] || {})[key] ?? this.strings.en[key] ?? key;
    return found.replace(/\{(\w+)\}/g, (braces, name) => (name in values ? values[name] : braces));
  }

  /** A large number with its step in words. */
  amount(value) {
    const [step, key] = stepOf(value);
    const number = sign(value) + rounded(Math.abs(value) / step);
    return key ? this.text(key, { x: number }) : number;
  }

  /** Both ends of a band, in the step of the larger one, which is said once. */
  ends(low, high) {
    const [step, key] = stepOf(Math.max(Math.abs(low), Math.abs(high)));
    const number = (value) => sign(value) + rounded(Math.abs(value) / step);
    return { low: number(low), high: key ? this.text(key, { x: number(high) }) : number(high) };
  }

  /** An amount of an outcome, with US$ where it is money. */
  value(outcome, value, plus = false) {
    const size = this.amount(Math.abs(value));
    const text = outcome.endsWith("_usd") ? this.text("number.usd", { x: size }) : size;
    return (value < 0 ? MINUS : plus ? "+" : "") + text;
  }

  /** Money of a year. */
  yearly(value) {
    return this.text("lever.cost", { money: this.value(COST, value) });
  }

  /** A dose in plain terms, and in short. */
  dose(lever, about, level) {
    return this.text("dose." + lever, { x: doseNumber(about, level), level: trimmed(level) });
  }

  short(about, level) {
    const x = doseNumber(about, level);
    return about.form === "money" ? this.text("number.usd", { x }) : x + " %";
  }
}

/** What a level is in plain terms: per cent, US$, or the share that meets a hazard in a year. */
function doseNumber(about, level) {
  if (about.form === "money") return trimmed(level);
  return trimmed(100 * (about.form === "hazard" ? -Math.expm1(-level) : level));
}

/** The step of a large number, of which two digits do not round up to the next, and its words. */
function stepOf(value) {
  const size = Number(Math.abs(value).toPrecision(FIGURES));
  return STEPS.find(([step]) => size >= step) || [1, ""];
}

function sign(value) {
  return value < 0 ? MINUS : "";
}

/** Significant digits of an effect, without an exponent. */
function rounded(value) {
  if (value === 0) return "0";
  const digits = Math.min(Math.max(0, FIGURES - 1 - exponent(value)), 12);
  return Number(value.toPrecision(FIGURES)).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The power of ten of a number once it is rounded. */
function exponent(value) {
  return Math.floor(Math.log10(Math.abs(Number(value.toPrecision(FIGURES)))) + 1e-12);
}

/** Up to three significant digits, as a dose is chosen. */
function trimmed(value) {
  return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 12 });
}

/** A share as per cent, with its sign. */
function percent(share) {
  return sign(share) + rounded(Math.abs(100 * share)) + " %";
}
