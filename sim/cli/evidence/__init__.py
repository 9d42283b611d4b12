"""`mekong evidence ...`: estimates, their tests and what results depend on, one file a command."""
