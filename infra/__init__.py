"""Running it: one command that brings servers and processes up, keeps them up and stops them."""
