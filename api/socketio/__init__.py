"""Socket.IO for clients that speak it: the namespace /pbx on the hub of the live part, over polling and WebSocket."""
