"""MSAL for Python, unmodified, told by lines of JSON what an application would call, and answering with one line for each."""
import json
import sys

import msal
import requests


class OtherPort(requests.adapters.HTTPAdapter):
    """Asks for the realm of a user where the tenant listens: MSAL for Python drops the port there."""

    def __init__(self, port):
        super().__init__()
        self.port = port

    def send(self, request, **options):
        request.url = request.url.replace("https://localhost/", f"https://localhost:{self.port}/", 1)
        return super().send(request, **options)


# A client object keeps refusals for a minute; what it knows of accounts and tokens goes on to the next one.
cache = msal.SerializableTokenCache()
application = None
for line in sys.stdin:
    asked = json.loads(line)
    try:
        if "new" in asked:
            session = requests.Session()
            session.mount("https://localhost/", OtherPort(asked["port"]))
            application = getattr(msal, asked["new"])(token_cache=cache, http_client=session, instance_discovery=False, **asked["options"])
            result = None
        else:
            result = getattr(application, asked["call"])(*asked["args"], **asked["options"])
        answer = {"result": result}
    except Exception as error:
        answer = {"raised": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
