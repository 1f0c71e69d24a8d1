"""What was not taken: a view that keeps a stream open to each tab, on the same server with the same settings.

python -m bench.streaming PORT
"""

import sys
import time
from collections.abc import Iterator

from flask import Flask, Response

from base import config, serve

EVERY_S = 1.0


def streaming_app() -> Flask:
    """An endless stream of events, and a view that answers at once."""
    app = Flask("streaming")

    @app.get("/stream")
    def stream() -> Response:
        def events() -> Iterator[str]:
            while True:
                yield "data: beat\n\n"
                time.sleep(EVERY_S)

        return Response(events(), mimetype="text/event-stream")

    @app.get("/readyz")
    def readyz() -> Response:
        return Response("{}", mimetype="application/json")

    return app


def main() -> None:
    """Serves until told to stop."""
    settings, port = config.load(), int(sys.argv[1])
    serve.serve(lambda: (streaming_app(), lambda: None), settings, host="127.0.0.1", port=port)


if __name__ == "__main__":
    main()
