"""What stands before every request and socket: from where it may come, how often, how large, how slowly."""
