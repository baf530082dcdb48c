import requests
from urllib.parse import urljoin, urlparse, urlsplit
from flask import Flask, abort, redirect, request, url_for

HOSTS = ("a.example", "b.example")
API = "https://api.example"


def fetch():
    address = request.args["address"]
    # ok: python-ssrf
    requests.get("https://api.example/users/" + request.args["id"], timeout=5)
    # ok: python-ssrf
    requests.get(f"{API}/users/{request.args['id']}", timeout=5)
    if urlparse(address).hostname in HOSTS:
        # ok: python-ssrf
        return requests.get(address, timeout=5)
    with requests.Session() as session:
        # ruleid: python-ssrf
        return session.get(address)


def safe_target(target):
    own = urlparse(request.host_url)
    other = urlparse(urljoin(request.host_url, target))
    return other.scheme in ("http", "https") and own.netloc == other.netloc


def login():
    target = request.args.get("next")
    if not target or urlsplit(target).netloc != "":
        target = url_for("index")
    # ok: python-open-redirect
    return redirect(target)


def logout():
    target = request.args.get("next")
    if not safe_target(target):
        return abort(400)
    # ok: python-open-redirect
    return redirect(target)


def leave():
    if request.args["to"] == "user":
        # ok: python-open-redirect
        return redirect("/users/" + request.args["to"])
    # ruleid: python-open-redirect
    return redirect(request.args["to"])
