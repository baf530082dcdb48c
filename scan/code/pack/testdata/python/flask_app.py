import os
import pickle
import subprocess
import html
import shlex
import sqlite3
import flask
import requests
import yaml
from flask import Flask, redirect, request, send_file, url_for, render_template_string
from lxml import etree
from werkzeug.utils import secure_filename

app = Flask(__name__)
db = sqlite3.connect("shop.db")


@app.route("/orders")
def orders():
    customer = request.args.get("customer")
    query = "SELECT * FROM orders WHERE customer = '" + customer + "'"
    # ruleid: python-sql-injection
    db.execute(query)
    # ok: python-sql-injection
    db.execute("SELECT * FROM orders WHERE customer = ?", (customer,))
    # ok: python-sql-injection
    db.execute("SELECT * FROM orders LIMIT %d" % int(request.args["limit"]))
    return "done"


def find(cursor, text):
    # ruleid: python-sql-injection
    cursor.execute(f"SELECT * FROM goods WHERE name LIKE '%{text}%'")


@app.route("/goods/<name>")
def goods(name):
    find(db.cursor(), request.form["text"])
    return "done"


@app.route("/ping")
def ping():
    host = request.args["host"]
    # ruleid: python-command-injection
    os.system("ping -c 1 " + host)
    # ruleid: python-command-injection
    subprocess.run("ping -c 1 %s" % host, shell=True)
    # ruleid: python-command-injection
    subprocess.run(["sh", "-c", host])
    # ok: python-command-injection
    subprocess.run(["ping", "-c", "1", host])
    # ok: python-command-injection
    os.system("ping -c 1 " + shlex.quote(host))
    return "done"


@app.route("/calculate")
def calculate():
    # ruleid: python-code-injection
    value = eval(request.form["formula"])
    # ok: python-code-injection
    other = eval("1 + 1")
    return {"value": value, "other": other}


@app.route("/hello")
def hello():
    name = request.args.get("name", "you")
    # ruleid: python-template-injection
    page = render_template_string("<p>Hello " + name + "</p>")
    # ok: python-template-injection
    again = render_template_string("<p>Hello {{ name }}</p>", name=name)
    return flask.jsonify([page, again])


@app.route("/greet")
def greet():
    name = request.args.get("name")
    if request.args.get("short"):
        # ok: python-xss
        return "<b>" + html.escape(name) + "</b>"
    # ruleid: python-xss
    return "<p>Hello " + name + "</p>"


@app.route("/files")
def files():
    name = request.args["name"]
    # ruleid: python-path-traversal
    text = open("/srv/files/" + name).read()
    # ruleid: python-path-traversal
    send_file(os.path.join("/srv/files", name))
    # ok: python-path-traversal
    other = open("/srv/files/" + secure_filename(name)).read()
    return flask.jsonify([text, other])


@app.route("/fetch")
def fetch():
    # ruleid: python-ssrf
    answer = requests.get(request.args["url"], timeout=5)
    # ok: python-ssrf
    known = requests.get("https://api.example.com/items/" + request.args["item"], timeout=5)
    # ok: python-ssrf
    third = requests.get(f"https://api.example.com/items/{request.args['item']}", timeout=5)
    return flask.jsonify([answer.text, known.text, third.text])


@app.route("/go")
def go():
    # ruleid: python-open-redirect
    redirect(request.args["next"])
    # ok: python-open-redirect
    return redirect(url_for("orders"))


@app.route("/restore", methods=["POST"])
def restore():
    # ruleid: python-unsafe-deserialization
    state = pickle.loads(request.data)
    # ruleid: python-unsafe-deserialization, python-yaml-load
    settings = yaml.load(request.data, Loader=yaml.Loader)
    # ok: python-unsafe-deserialization
    safe = yaml.safe_load(request.data)
    # ok: python-unsafe-deserialization
    also = yaml.load(request.data, Loader=yaml.SafeLoader)
    return flask.jsonify([state, settings, safe, also])


@app.route("/xml", methods=["POST"])
def xml():
    parser = etree.XMLParser(resolve_entities=True)
    # ruleid: python-xxe
    first = etree.fromstring(request.data, parser)
    closed = etree.XMLParser(resolve_entities=False)
    # ok: python-xxe
    second = etree.fromstring(request.data, closed)
    return flask.jsonify([first.tag, second.tag])


if __name__ == "__main__":
    # ruleid: python-debug-on
    app.run(debug=True)
    # ok: python-debug-on
    app.run(debug=False)
