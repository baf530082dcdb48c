import os
import sqlalchemy
from flask import Flask, abort, request
from psycopg2 import sql

app = Flask(__name__)
COLUMNS = {"name": "goods.name", "age": "goods.age"}


def known(column):
    return column in ("name", "age")


@app.route("/goods/<kind>/<int:number>")
def goods(kind, number):
    # ruleid: python-sql-injection
    db.execute("SELECT * FROM goods WHERE kind = '%s'" % kind)
    # ok: python-sql-injection
    db.execute("SELECT * FROM goods WHERE id = %d" % number)
    # ok: python-sql-injection
    db.execute("SELECT * FROM goods ORDER BY " + COLUMNS[request.args["by"]])
    by = request.args["by"]
    if not known(by):
        abort(400)
    # ok: python-sql-injection
    db.execute("SELECT * FROM goods ORDER BY " + by)
    page = request.args.get("page", type=int)
    # ok: python-sql-injection
    db.execute(f"SELECT * FROM goods OFFSET {page}")
    marks = ",".join(["?"] * len(request.json["ids"]))
    # ok: python-sql-injection
    db.execute("SELECT * FROM goods WHERE id IN (%s)" % marks, request.json["ids"])
    table = sql.Identifier(request.json["table"])
    # ok: python-sql-injection
    db.execute(sql.SQL("SELECT * FROM {}").format(table))
    # ruleid: python-sql-injection
    return db.execute(sqlalchemy.text("SELECT * FROM goods WHERE " + request.json["where"]))


def report():
    # ruleid: python-sql-injection-own
    db.execute("SELECT * FROM " + os.environ["TABLE"])
    # ok: python-sql-injection-own
    db.execute("SELECT * FROM goods WHERE id = ?", (os.environ["ID"],))


def drop(table, name):
    # ruleid: python-sql-text
    db.execute("DROP TABLE " + table)
    # ok: python-sql-text
    db.execute("SELECT * FROM goods WHERE name = ?", (name,))
    print("Select a table of %s, then update it" % name)


def clear(kind):
    if kind not in ("old", "new"):
        raise ValueError(kind)
    # ok: python-sql-text
    db.execute(f"DELETE FROM goods_{kind}")
