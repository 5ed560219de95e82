"""PostgreSQL, Valkey and FFmpeg from wheels, for a machine that has none of them.

Plain Python and the standard library's environment: these modules start before Django does. Each server
lives under DATA_DIR and listens on a Unix socket alone, so its address follows from DATA_DIR, no port is
taken, and nobody else on the machine can connect.
"""


class CannotStart(RuntimeError):
    """Something stands in the way of starting; the message is for the person at the terminal."""
