"""The one origin that browsers speak to: login, REST, live sockets, health, and the way to the dashboard."""
