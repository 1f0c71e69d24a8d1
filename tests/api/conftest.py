"""Programs for the stories of this folder, and the shop they meet."""

from tests.api.calling import program
from tests.qa.conftest import road

__all__ = ["program", "road"]
