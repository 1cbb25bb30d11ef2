"""Asterisk's own languages, the connection to it, the configuration it runs with, and a simulator of it."""
