"""SQL that nobody vouches for: a question in a process of its own, which can reach nothing and ends with its answer."""
