"""What people look at; every figure is a function from results to a matplotlib Figure."""
