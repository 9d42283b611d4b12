"""`mekong list ...`: what the program knows, one file a command."""
