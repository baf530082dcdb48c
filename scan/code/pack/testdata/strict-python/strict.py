import os
import subprocess
# ruleid: python-serialized-module
import pickle


def run(text, name):
    # ruleid: python-eval
    eval(text)
    # ok: python-eval
    evaluate(text)
    # ruleid: python-assert
    assert text
    # ok: python-assert
    check(text)
    # ruleid: python-exception-ignored
    try:
        check(name)
    except Exception:
        pass
    # ok: python-exception-ignored
    try:
        check(name)
    except KeyError:
        pass
    # ruleid: python-process
    subprocess.run(["ls"])
    # ruleid: python-process
    os.spawnlp(os.P_WAIT, "ls", "ls")
    # ok: python-process
    os.getpid()


# ok: python-serialized-module
import json


def built(cursor):
    table = settings.table
    # ruleid: python-sql-built
    cursor.execute("SELECT a FROM t WHERE b = '%s'" % table)
    # ruleid: python-sql-built
    cursor.execute(f"DELETE FROM {table}")
    text = "UPDATE t SET a = " + table
    # ruleid: python-sql-built
    cursor.execute(text)
    # ok: python-sql-built
    cursor.execute("SELECT a FROM t WHERE b = ?", (table,))
    # ok: python-sql-built
    cursor.execute("SELECT a FROM t WHERE b IN (%s)" % ",".join("?" * 3))
    # ok: python-sql-built
    print("SELECT a FROM t WHERE b = '%s'" % table)


def with_shell(settings):
    # ruleid: python-shell-on, python-process
    # ruleid: python-shell-on, python-process
    # ruleid: python-shell-on, python-process
    os.system(COMMAND)
    # ok: python-shell-on
    # ruleid: python-process
    subprocess.run("ls | wc", shell=True)
    # ok: python-shell-on
    # ruleid: python-process
    subprocess.run([settings.command])
