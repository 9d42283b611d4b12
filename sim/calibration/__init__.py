"""What the model is fitted to, how forecasts are scored, and what they are compared with."""
