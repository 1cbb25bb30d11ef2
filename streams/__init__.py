"""Kafka's records in, PostgreSQL's rows and live topics out: the reducer at work, exact by the database's offsets."""
