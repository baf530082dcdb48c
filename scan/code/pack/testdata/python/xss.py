import html
import jinja2
from django.http import HttpResponse
from django.utils.html import format_html
from flask import Flask, jsonify, make_response, render_template, request

app = Flask(__name__)

# ruleid: python-autoescape-off
unsafe = jinja2.Environment(loader=None)
# ok: python-autoescape-off
safe = jinja2.Environment(loader=None, autoescape=jinja2.select_autoescape())


@app.get("/hello")
def hello():
    name = request.args["name"]
    page = "<p>" + name + "</p>"
    # ruleid: python-xss
    return page, 200


@app.post("/answer")
def answer():
    name = request.form["name"]
    if name == "json":
        # ok: python-xss
        return jsonify(name=name)
    if name == "page":
        # ok: python-xss
        return render_template("page.html", name=name)
    if name == "escaped":
        # ok: python-xss
        return make_response("<p>" + html.escape(name) + "</p>")
    # ok: python-xss
    return {"name": name}


def profile(request):
    # ok: python-xss
    HttpResponse(format_html("<p>{}</p>", request.GET["name"]))
    # ok: python-xss
    return HttpResponse(request.GET["name"], content_type="text/plain")
