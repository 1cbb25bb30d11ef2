"""Logging: one configuration that the standard library accepts."""

import json
import logging
import logging.config

from calls.logs import log_config


def test_a_line_is_json_with_the_extra_fields() -> None:
    config = log_config("ingest", "info")
    assert config["root"]["level"] == "INFO"
    configurator = logging.config.DictConfigurator(config)
    formatter = configurator.configure_formatter(config["formatters"]["json"])
    record = logging.makeLogRecord({"msg": "lost %s", "args": ("pbx",), "levelname": "WARNING", "pbx": "lab1"})
    line = json.loads(formatter.format(record))
    assert (line["message"], line["level"], line["process"], line["pbx"]) == ("lost pbx", "WARNING", "ingest", "lab1")
