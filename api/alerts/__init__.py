"""Alerts: rules on live metrics, tried on the past, watched live, and sent to whoever is to know."""
