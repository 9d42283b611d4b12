"""`mekong data ...`: figures of a person against those that the model was fitted to."""
