"""For what a result is read: e-commerce, the default, or an account that is worked out after it."""

from __future__ import annotations

ECOMMERCE, DIGITAL_ECONOMY, WHO_GAINS = "e-commerce", "digital-economy", "who-gains"
ACCOUNTS: dict[str, str] = {
    ECOMMERCE: "online purchases of residents of the five countries",
    DIGITAL_ECONOMY: "e-commerce, transport and food delivery, online travel and online media",
    WHO_GAINS: "effects by group of people and firms; ranges of jobs, tax and offline sales",
}
