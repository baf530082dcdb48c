import ast
from flask import Flask, request, render_template_string


def calculate():
    # ok: python-code-injection
    ast.literal_eval(request.args["list"])
    # ruleid: python-code-injection
    exec(request.get_data())
    # ok: python-code-injection-own
    ast.literal_eval(input())
    # ruleid: python-code-injection-own
    return eval(input("expression: "))


def greet(user):
    # ruleid: python-format-of-others
    request.args["greeting"].format(user)
    # ok: python-format-of-others
    "Hello {}".format(request.args["name"])
    # ok: python-template-injection
    render_template_string("Hello {{ name }}", name=request.args["name"])
    # ruleid: python-template-injection
    return render_template_string("Hello " + request.args["name"])
