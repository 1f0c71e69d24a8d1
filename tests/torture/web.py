"""`app.py` as it is, in a process whose clock can be made to jump: python -m tests.torture.web run|worker|keys ..."""

import os
from pathlib import Path

import app
from tests.torture import skew

if __name__ == "__main__":
    skew.wear(Path(os.environ[skew.WHERE]))
    app.main()
