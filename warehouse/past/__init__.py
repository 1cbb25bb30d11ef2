"""The wallboard as it was: snapshots of the reducer's state along the log, and the log's events folded on from them."""
