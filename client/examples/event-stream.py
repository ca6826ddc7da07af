"""Follows events with Python's standard library: python3 client/examples/event-stream.py [url of the API] [cursor]"""

import http.client
import json
import random
import sys
import time
import urllib.parse

API_URL = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:4000"
SAVED_CURSOR = sys.argv[2] if len(sys.argv) > 2 else None
SILENT_AFTER = float(sys.argv[3]) / 1000 if len(sys.argv) > 3 else 30.0  # the API sends something every 12 s
QUERY = "subscription { events { id type } }"


def follow(cursor):
    """Yields each result with its cursor, over as many connections as it takes, until the API says it is over."""
    failures = 0
    while True:
        try:
            for event, data, cursor in read_stream(cursor):
                failures = 0
                if event == "complete":
                    return
                if event == "next":
                    yield json.loads(data), cursor
        except (OSError, http.client.HTTPException) as error:
            print(repr(error), file=sys.stderr)
        time.sleep(random.random() * min(20, 0.5 * 2**failures))
        failures += 1


def read_stream(cursor):
    """Yields (event, data, cursor) of one connection. Silence ends it like an error, and so does a cut line."""
    url = urllib.parse.urlsplit(API_URL)
    connect = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = connect(url.netloc, timeout=SILENT_AFTER)
    try:
        path = "/graphql?" + urllib.parse.urlencode({"query": QUERY})
        resume = {"last-event-id": cursor} if cursor else {}
        connection.request("GET", path, headers={"accept": "text/event-stream", **resume})
        response = connection.getresponse()
        if response.status != 200:
            if response.status in (408, 429) or response.status >= 500:
                raise http.client.HTTPException(f"status {response.status}")
            sys.exit(f"refused with status {response.status}: {response.read().decode()}")
        message = {}
        for line in response:
            field, _, value = line.decode().rstrip("\r\n").partition(":")
            if field:
                message[field] = value.removeprefix(" ")
            elif message:
                cursor = message.get("id", cursor)
                yield message.get("event", "message"), message.get("data", ""), cursor
                message = {}
    finally:
        connection.close()


for result, cursor in follow(SAVED_CURSOR):
    if result.get("data"):
        print(json.dumps({**result["data"]["events"], "cursor": cursor}), flush=True)
    if result.get("errors"):
        print(result["errors"], file=sys.stderr)
