"""A PBX of paper: an AMI server that plays recordings or makes traffic of its own.

It says what a real Asterisk 22 says, in the same order and with the same headers, and writes queue_log and CEL as that
one does. It shares no code with the reducer, so that one can be held against the other.
"""
