"""What a manager asks: agents, queues, and the figures of a range of time, of one tenant, from PostgreSQL."""
