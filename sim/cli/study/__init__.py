"""`mekong study ...`: what can be done with a result folder, and how fine agents must be."""
