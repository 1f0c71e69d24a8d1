"""Alarms: a log line for whoever runs the house, which can never break the page it is raised on."""

import logging

ALARM = logging.getLogger("dari.alarm")


def alarm(code: str, **facts: int | str) -> None:
    """Says what is wrong as a code with ids and codes as facts; never a value that was sealed."""
    ALARM.error("%s %s", code, " ".join(f"{name}={value}" for name, value in facts.items()))
