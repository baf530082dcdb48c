import json
import pickle
import re
import ldap
import yaml
from bson import ObjectId
from flask import Flask, request, session
from http.server import BaseHTTPRequestHandler
from ldap.filter import escape_filter_chars
from lxml import etree


def load(payload, path):
    # ruleid: python-unsafe-deserialization-given
    pickle.loads(payload)
    # ok: python-unsafe-deserialization-given
    pickle.load(open(path))
    # ruleid: python-yaml-load
    yaml.load(path, Loader=yaml.Loader)
    # ok: python-yaml-load
    yaml.load(path, Loader=yaml.SafeLoader)


def parse():
    # ruleid: python-xxe-default
    etree.fromstring(request.data)
    # ok: python-xxe-default
    return etree.fromstring(request.data, etree.XMLParser(resolve_entities=False))


def find(tree):
    name = request.args["name"]
    # ruleid: python-xpath-injection
    tree.xpath("//user[@name='" + name + "']")
    # ok: python-xpath-injection
    return tree.xpath("//user[@name=$name]", name=name)


def lookup(connection):
    name = request.args["name"]
    # ruleid: python-ldap-injection
    connection.search_s("dc=example", ldap.SCOPE_SUBTREE, "(uid=%s)" % name)
    # ok: python-ldap-injection
    return connection.search_s("dc=example", ldap.SCOPE_SUBTREE, "(uid=%s)" % escape_filter_chars(name))


def documents(collection):
    name = request.get_json()["name"]
    # ruleid: python-nosql-injection
    collection.find_one({"name": name})
    # ok: python-nosql-injection
    collection.find_one({"name": str(name)})
    # ruleid: python-nosql-code, python-nosql-injection
    collection.find({"$where": "this.name == '" + name + "'"})
    # ok: python-nosql-code
    return collection.find({"_id": ObjectId(name)})


def update(user):
    for key, value in request.form.items():
        # ruleid: python-mass-assignment
        setattr(user, key, value)
    # ok: python-mass-assignment
    setattr(user, "name", request.form["name"])
    # ruleid: python-trust-boundary
    session["role"] = request.form["role"]
    # ok: python-trust-boundary
    session["count"] = int(request.form["count"])


def search(text):
    # ruleid: python-regex-injection
    re.search(request.args["pattern"], text)
    # ok: python-regex-injection
    return re.search(re.escape(request.args["pattern"]), text)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        # ruleid: python-header-injection
        self.send_header("Location", self.path)
        # ok: python-header-injection
        self.send_header("Location", "/index")
