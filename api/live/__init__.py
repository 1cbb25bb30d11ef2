"""What browsers see move: the newest state of every agent, queue and call, kept by the feed and sent to sockets."""
