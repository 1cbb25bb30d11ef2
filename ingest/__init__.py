"""What one Asterisk says, onto the log and from there to Kafka, in order."""
