"""What may double: the account that a result is read for, the default first."""

from __future__ import annotations

ECOMMERCE, DIGITAL_ECONOMY = "e-commerce", "digital-economy"
ACCOUNTS: dict[str, str] = {
    ECOMMERCE: "online purchases of residents of the five countries",
    DIGITAL_ECONOMY: "e-commerce, transport and food delivery, online travel and online media",
}
