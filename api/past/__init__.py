"""The wallboard as it was: asked of a process that folds the log, shown and played as the live one is."""
