"""Programs for the stories of this folder."""

from tests.api.calling import program

__all__ = ["program"]
