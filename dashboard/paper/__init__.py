"""Reports on paper: what they look like, and the process that lays them out."""
