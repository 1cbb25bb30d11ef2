"""What administrators do about a person: look what there is, hand it out, have it erased; and how long callers are kept."""
