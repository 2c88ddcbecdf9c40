"""Asks a list and listens for who says yes, over HTTP, with nothing but Python's own library.

    CALLPERMIT_URL=http://127.0.0.1:3000 CALLPERMIT_KEY=... python3 ask.py < people.ndjson

One JSON object a line on standard input: {"to": "+16505551234", "reference": "order-7", "1": "Ann"}. One line on standard
output for each person whose request is done, and, with LISTEN=1, for each who may be called from now on.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ["CALLPERMIT_URL"].rstrip("/")
HEADERS = {"Authorization": "Bearer " + os.environ["CALLPERMIT_KEY"]}


def call(method, path, data=None, headers={}, timeout=30):
    """The answer of one exchange; a problem ends the program with its code and what to do."""
    request = urllib.request.Request(URL + path, data=data, method=method, headers={**HEADERS, **headers})
    try:
        return urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as refused:
        problem = json.load(refused)
        sys.exit(f"{problem['code']}: {problem['detail']} {problem.get('next', '')}")


def events(last=None):
    """Events as they come, for ever: a line that breaks is opened again behind the last one."""
    while True:
        try:
            headers = {} if last is None else {"Last-Event-ID": last}
            # A sign of life comes every 15 s.
            with call("GET", "/v1/events/stream", headers=headers, timeout=45) as stream:
                data = None
                for line in stream:
                    field, _, value = line.decode().rstrip("\n").partition(": ")
                    if field == "id":
                        last = value
                    elif field == "data":
                        data = json.loads(value)
                    elif field == "":
                        yield data
                        data = None
        except OSError:
            time.sleep(2)


options = {"template": os.environ.get("TEMPLATE", "sample_cpr_template"), "language": os.environ.get("LANGUAGE", "en")}
key = {"Idempotency-Key": os.environ["LIST_KEY"]} if "LIST_KEY" in os.environ else {}
listening = events() if os.environ.get("LISTEN") else None
if listening:
    # The first message says where the stream begins: whatever is asked now is told.
    next(listening)

with call(
    "POST",
    "/v1/campaigns/import?" + urllib.parse.urlencode(options),
    data=sys.stdin.buffer.read(),
    headers={"Content-Type": "application/x-ndjson", **key},
    timeout=600,
) as made:
    campaign = json.load(made)
for line in campaign["list"]["refusedLines"]:
    print(f"line {line['row']}\t{line['code']}\t{line['message']}", flush=True)

while True:
    with call("GET", "/v1/campaigns/" + campaign["id"]) as looked:
        if json.load(looked)["state"] in ("completed", "cancelled", "paused"):
            break
    time.sleep(1)

with call("GET", "/v1/campaigns/" + campaign["id"] + "/export") as export:
    for line in export:
        result = json.loads(line)
        print(f"{result['reference'] or result['to']}\t{result['status']}", flush=True)

for event in listening or []:
    if event and event["type"] == "permission.granted":
        data = event["data"]
        print(f"{data['reference'] or data['to']}\tmay be called until {data['until']}", flush=True)
