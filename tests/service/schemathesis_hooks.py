"""How schemathesis sends a batch."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(_: object, value: object) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")
