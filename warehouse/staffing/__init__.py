"""How many agents a queue needs: by formula, by what was, and by playing a recorded day with something changed."""
