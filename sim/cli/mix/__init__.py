"""`mekong mix ...`: combinations of levers, one file a command."""
