"""How every process logs: one JSON object a line on standard error, UTC, the same field names everywhere. Data only."""

from typing import Any


def log_config(process: str, level: str = "INFO") -> dict[str, Any]:
    """The argument for `logging.config.dictConfig`. Fields given as `extra` stand beside the message."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
                "datefmt": "%Y-%m-%dT%H:%M:%S%z",
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
                "static_fields": {"process": process},
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        # Both repeat themselves many times a second while the broker is away; we say it once ourselves.
        "loggers": {"aiokafka": {"level": "CRITICAL"}, "kafka": {"level": "CRITICAL"}},
    }
