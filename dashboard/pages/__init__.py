"""The pages, one module each: what stands on it, and what fills it."""
