import os
import subprocess
import sys
from flask import Flask, request


def convert():
    steps = []
    steps.append("sh")
    steps.append("-c")
    steps.append("convert " + request.args["name"])
    # ruleid: python-command-injection
    subprocess.run(steps)
    # ok: python-command-injection
    subprocess.run(["convert", request.args["name"]])
    # ok: python-command-injection
    subprocess.run(["convert", "-resize", str(int(request.args["size"])), "a.png"])


def build():
    # ruleid: python-command-injection-own
    os.system("make " + sys.argv[1])
    # ok: python-command-injection-own
    subprocess.run(["make", sys.argv[1]])


def archive(folder):
    # ruleid: python-shell-text
    subprocess.check_call(f"tar czf /tmp/a.tgz {folder}", shell=True)
    # ok: python-shell-text
    subprocess.check_call(["tar", "czf", "/tmp/a.tgz", folder])


def with_star():
    # ruleid: python-shell-wildcard
    os.system("tar cf all.tar *")
    # ruleid: python-shell-wildcard
    subprocess.call("/bin/chown root *", shell=True)
    # ok: python-shell-wildcard
    os.system("tar cf all.tar -- *")
    # ok: python-shell-wildcard
    os.system("ls *")
