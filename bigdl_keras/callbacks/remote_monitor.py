"""Sending logs to a server."""

import json
import urllib.parse
import urllib.request
import warnings
from typing import Any

from bigdl_keras.callbacks.callback import Callback

_TIMEOUT_SECONDS = 10


class RemoteMonitor(Callback):
    """Posts the logs of every epoch over HTTP; a server that cannot be reached causes a warning.

    Args:
        root: the server, such as "http://localhost:9000".
        path: where on the server.
        field: name of the form field that holds the JSON text.
        headers: further HTTP headers.
        send_as_json: send the JSON itself instead of a form.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__()
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        text = json.dumps({"epoch": epoch, **(logs or {})})
        if self.send_as_json:
            body, kind = text, "application/json"
        else:
            body = urllib.parse.urlencode({self.field: text})
            kind = "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, **(self.headers or {})}
        request = urllib.request.Request(self.root + self.path, body.encode(), headers)
        try:
            urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS).close()
        except OSError as error:
            warnings.warn(f"RemoteMonitor cannot reach {self.root}: {error}", stacklevel=2)
