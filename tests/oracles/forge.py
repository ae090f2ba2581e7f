"""A forge for tests: the few routes of GitHub and GitLab that the comment scripts call, over HTTP.

It keeps what it was told, logs every request, and misbehaves on demand. It refuses what the real ones
refuse: no token, bodies that are too long, strangers' comments, pages above a hundred. Nothing here is
a copy of their code; the routes and answers follow their documentation.
"""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "ghs_Secret0123456789abcdefghijklmnop"
ME = "github-actions[bot]"
MY_ID = 7
REPOSITORY = "fern/shop"
PULL = 12


class Forge:
    """One server with one pull request, which is also a merge request."""

    def __init__(self):
        self.comments = []
        self.reviews = []
        self.pulls = []
        self.statuses = []
        self.log = []
        # (method, part of the path, status, headers, answer, how often)
        self.faults = []
        self.most_characters = 65536
        self.may_minimise = True
        self.may_write = True
        self.says_viewer = True
        # Called with (method, path) before a request is carried out.
        self.before = lambda method, path: None
        self.lock = threading.Lock()
        self.next_id = 1000
        forge = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                data = self.rfile.read(length)
                forge.before(self.command, self.path)
                status, headers, answer = forge.answer(self.command, self.path, self.headers, data)
                out = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(out)))
                self.end_headers()
                self.wfile.write(out)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    # What tests ask.

    def add(self, body, login=ME, **more):
        """A comment that is there already."""
        self.next_id += 1
        user = MY_ID if login == ME else MY_ID + 1
        comment = {"id": self.next_id, "node_id": f"IC_{self.next_id}", "body": body, "user": {"login": login}, "author": {"id": user}, "minimised": None, "system": False}
        self.comments.append(comment | more)
        return self.comments[-1]

    def mine(self, minimised=False):
        """Our comments, those that are folded away left out unless asked for."""
        return [it for it in self.comments if it["user"]["login"] == ME and bool(it["minimised"]) == minimised]

    def calls(self, *methods):
        """The requests made with these methods, or all; GraphQL questions about ourselves count as none."""
        return [it for it in self.log if (not methods or it[0] in methods) and "viewer" not in it[2]]

    def fault(self, method, part, status, times=1, headers=None, answer=None, done=False):
        """The next requests of this kind fail; `done` carries them out all the same."""
        self.faults.append([method, part, status, headers or {}, answer or {"message": "no"}, times, done])

    # What the scripts ask.

    def answer(self, method, path, headers, data):
        with self.lock:
            self.log.append((method, path, data.decode("utf-8", errors="strict")))
            token = headers.get("Authorization", "").removeprefix("Bearer ") or headers.get("PRIVATE-TOKEN")
            if token != TOKEN:
                return 401, {}, {"message": "Bad credentials"}
            for it in self.faults:
                if it[0] == method and it[1] in path and it[5] > 0:
                    it[5] -= 1
                    if it[6]:
                        self.route(method, path, data)
                    return it[2], it[3], it[4]
            return self.route(method, path, data)

    def route(self, method, path, data):
        url = urlsplit(path)
        query = {key: value[0] for key, value in parse_qs(url.query).items()}
        body = json.loads(data) if data else {}
        issue = f"/repos/{REPOSITORY}/issues"
        pull = f"/repos/{REPOSITORY}/pulls/{PULL}"
        notes = f"/projects/5/merge_requests/{PULL}/notes"
        if method != "GET" and url.path != "/graphql" and not self.may_write:
            return 403, {}, {"message": "Resource not accessible by integration"}
        if (method, url.path) == ("POST", "/graphql"):
            return self.graphql(body)
        if (method, url.path) == ("GET", "/user"):
            return 200, {}, {"id": MY_ID, "username": "project_5_bot"}
        if (method, url.path) == ("GET", f"{issue}/{PULL}/comments"):
            return self.page(self.comments, url.path, query)
        if (method, url.path) == ("GET", notes):
            return self.page(self.comments, url.path, query)
        if (method, url.path) == ("GET", f"/repos/{REPOSITORY}/pulls"):
            return self.page([it for it in self.pulls if it["head"]["label"] == query["head"]], url.path, query)
        if (method, url.path) == ("GET", f"{pull}/reviews"):
            return self.page(self.reviews, url.path, query)
        if (method, url.path) in (("POST", f"{issue}/{PULL}/comments"), ("POST", notes)):
            return self.write(body, lambda text: self.add(text), 201)
        status = re.fullmatch(f"/repos/{REPOSITORY}/statuses/([0-9a-f]{{40}})", url.path)
        if method == "POST" and status:
            return self.status(status[1], body)
        one = re.fullmatch(f"(?:{issue}/comments|{notes})/([0-9]+)", url.path)
        return self.one(method, int(one[1]), body) if one else (404, {}, {"message": "Not Found"})

    def one(self, method, number, body):
        """One comment."""
        comment = next((it for it in self.comments if it["id"] == number), None)
        if comment is None:
            return 404, {}, {"message": "Not Found"}
        if method == "GET":
            return 200, {}, comment
        if comment["user"]["login"] != ME:
            return 403, {}, {"message": "this is somebody else's"}
        if method == "DELETE":
            self.comments.remove(comment)
            return 204, {}, None
        return self.write(body, lambda text: comment.update(body=text) or comment, 200)

    def write(self, body, keep, status):
        text = body.get("body")
        if not isinstance(text, str) or not text.strip():
            return 422, {}, {"message": "Validation Failed", "errors": [{"message": "body cannot be blank"}]}
        if len(text) > self.most_characters:
            message = f"Body is too long (maximum is {self.most_characters} characters)"
            return 422, {}, {"message": "Validation Failed", "errors": [{"resource": "IssueComment", "message": message}]}
        return status, {}, keep(text)

    def status(self, commit, body):
        if body.get("state") not in ("success", "failure", "pending", "error") or len(body.get("description", "")) > 140:
            return 422, {}, {"message": "Validation Failed"}
        self.statuses.append({"commit": commit, **body})
        return 201, {}, {}

    def page(self, items, path, query):
        size = min(int(query.get("per_page", 30)), 100)
        number = int(query.get("page", 1))
        shown = items[(number - 1) * size : number * size]
        more = len(items) > number * size
        headers = {"X-Next-Page": str(number + 1) if more else ""}
        if more:
            headers["Link"] = f'<{self.address}{path}?per_page={size}&page={number + 1}>; rel="next"'
        return 200, headers, shown

    def graphql(self, body):
        if "viewer" in body["query"]:
            if self.says_viewer:
                return 200, {}, {"data": {"viewer": {"login": ME}}}
            return 200, {}, {"data": None, "errors": [{"message": "Resource not accessible by integration"}]}
        comment = next((it for it in self.comments if it["node_id"] == body["variables"]["id"]), None)
        if not self.may_minimise or not self.may_write or comment is None or "OUTDATED" not in body["query"]:
            return 200, {}, {"data": {"minimizeComment": None}, "errors": [{"message": "does not have permission"}]}
        comment["minimised"] = "OUTDATED"
        return 200, {}, {"data": {"minimizeComment": {"minimizedComment": {"isMinimized": True}}}}
