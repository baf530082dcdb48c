import os
import pathlib
import shutil
import tarfile
import tempfile
from flask import Flask, abort, request, send_file, send_from_directory

BASE = "/srv/files"


def download():
    name = request.args["name"]
    whole = os.path.realpath(os.path.join(BASE, name))
    if not whole.startswith(BASE + os.sep):
        abort(404)
    # ok: python-path-traversal
    return send_file(whole)


def show():
    name = request.args["name"]
    if name.startswith("public/"):
        # ruleid: python-path-traversal
        return open(name).read()
    # ok: python-path-traversal
    return send_from_directory(BASE, name)


def read():
    path = (pathlib.Path(BASE) / request.args["name"]).resolve()
    if not path.is_relative_to(BASE):
        raise ValueError("outside")
    # ok: python-path-traversal
    return path.read_text()


def write():
    name = request.args["name"]
    if ".." in name or "/" in name:
        abort(400)
    # ok: python-path-traversal
    open(f"{BASE}/{name}", "w")
    # ruleid: python-path-traversal
    return pathlib.Path(BASE, request.args["other"]).read_text()


def receive(sock):
    name = sock.recv(100)
    # ruleid: python-path-traversal-own
    open(name)
    # ok: python-path-traversal-own
    open(os.path.basename(name))


def unpack():
    upload = request.files["upload"]
    # ruleid: python-archive-of-others
    shutil.unpack_archive(upload, BASE)
    # ok: python-archive-of-others
    shutil.unpack_archive("own.zip", BASE)


def restore(name):
    with tarfile.open(name) as archive:
        # ruleid: python-zip-slip
        archive.extractall("/srv")
    with tarfile.open(name) as archive:
        # ok: python-zip-slip
        archive.extractall("/srv", filter="data")


def rights(path):
    # ruleid: python-file-permissions
    os.chmod(path, 0o777)
    # ok: python-file-permissions
    os.chmod(path, 0o600)
    # ruleid: python-temp-file
    tempfile.mktemp()
    # ok: python-temp-file
    tempfile.mkstemp()
