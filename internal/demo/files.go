package demo

import "maps"

// kind is what a made-up repository is written in.
type kind struct {
	// clean are its files. flawed replace and add files in two steps, in which somebody was careless; names in << >> stand for credentials, see
	// mint.fill.
	clean  map[string]string
	flawed [2]map[string]string
}

// kindOf is the kind of a repository, by its slug.
func kindOf(slug string) *kind {
	switch slug {
	case "web", "checkout", "mail", "mobile", "intranet":
		return &javascript
	case "ledger", "erp", "cobol":
		return &java
	case "search", "catalog", "images", "infra":
		return &golang
	}
	return &python
}

var python = kind{
	clean: map[string]string{
		"README.md": "# Service\n\nTakes orders and moves money.\n",
		"app/charge.py": `"""Takes the money and sends the receipt."""
import os

import requests

CURRENCY = "EUR"
PROVIDER = "https://pay.example.com/charges"


def charge(order):
    answer = requests.post(
        PROVIDER,
        json={"amount": order.total, "currency": CURRENCY},
        headers={"Authorization": "Bearer " + os.environ["PROVIDER_TOKEN"]},
        timeout=10,
    )
    answer.raise_for_status()
    return answer.json()["id"]
`,
		"app/orders.py": `"""Orders in the database."""


def find(cursor, name):
    cursor.execute("select id, total from orders where customer = %s", (name,))
    return cursor.fetchall()


def receipt(order):
    return f"Order {order.id}: {order.total} EUR"
`,
		"requirements.txt":    "PyYAML==6.0.1\nrequests==2.32.4\n",
		"tests/test_pay.py":   "from app.orders import receipt\n\n\ndef test_receipt(order):\n    assert receipt(order).startswith(\"Order\")\n",
		"deploy/settings.yml": "region: eu-central-1\nreplicas: 3\nlog: info\n",
	},
	flawed: [2]map[string]string{
		{
			"requirements.txt": "PyYAML==5.3\nrequests==2.19.1\n",
			"app/orders.py": `"""Orders in the database, and the pages that show them."""
import pickle
import subprocess

from flask import Blueprint, jsonify, request

from app.database import cursor

pages = Blueprint("orders", __name__)


@pages.get("/orders")
def search():
    name = request.args.get("customer", "")
    return jsonify(find(name))


def find(name):
    query = "select id, total from orders where customer = '" + name + "'"
    cursor.execute(query)
    return cursor.fetchall()


@pages.post("/orders/restore")
def restore():
    return jsonify(pickle.loads(request.get_data()))


@pages.post("/labels")
def print_label():
    printer = request.form["printer"]
    subprocess.call("lp -d " + printer + " label.pdf", shell=True)
    return "", 204
`,
			"deploy/settings.yml": "region: eu-central-1\nreplicas: 3\nlog: info\ndatabase:\n  host: db.internal.example.com\n  username: orders\n  password: <<password>>\n",
			"tests/test.env":      "# The key of the shared test account; it can charge nobody.\nSTRIPE_KEY=<<test>>  # sluice:allow public test account\n",
		},
		{
			"deploy/upload.sh": `#!/bin/sh
# Copies the release to where customers fetch it.
set -eu
export AWS_ACCESS_KEY_ID=<<aws-id>>
export AWS_SECRET_ACCESS_KEY=<<aws-secret>>
aws s3 sync dist s3://shop-releases
`,
			"deploy/notify.sh": "#!/bin/sh\n# Tells the team that a release is out.\ncurl --fail --silent --data '{\"text\": \"released\"}' \\\n  <<hook>>\n",
			"app/charge.py": `"""Takes the money and sends the receipt."""
import requests

CURRENCY = "EUR"
PROVIDER = "https://pay.example.com/charges"
API_KEY = "<<stripe>>"


def charge(order):
    answer = requests.post(
        PROVIDER,
        json={"amount": order.total, "currency": CURRENCY},
        headers={"Authorization": "Bearer " + API_KEY},
        timeout=10,
        verify=False,
    )
    answer.raise_for_status()
    return answer.json()["id"]
`,
			"app/tickets.py": "SUPPORT = \"https://support.example.com\"\nTICKETS = \"<<ticket>>\"\n",
		},
	},
}

var javascript = kind{
	clean: map[string]string{
		"README.md":    "# Storefront\n\nWhat customers see.\n",
		"package.json": "{\n  \"name\": \"storefront\",\n  \"version\": \"1.0.0\",\n  \"dependencies\": {\n    \"lodash\": \"^4.17.0\",\n    \"minimist\": \"^1.2.0\"\n  }\n}\n",
		"package-lock.json": `{
  "name": "storefront",
  "version": "1.0.0",
  "lockfileVersion": 3,
  "packages": {
    "": {"name": "storefront", "version": "1.0.0", "dependencies": {"lodash": "^4.17.0", "minimist": "^1.2.0"}},
    "node_modules/lodash": {"version": "4.17.21", "license": "MIT"},
    "node_modules/minimist": {"version": "1.2.8", "license": "MIT"}
  }
}
`,
		"src/server.js": `const http = require("http");
const cart = require("./cart");

http
  .createServer((request, response) => {
    response.setHeader("Content-Type", "text/plain");
    response.end(String(cart.total([])));
  })
  .listen(process.env.PORT);
`,
		"src/cart.js": "exports.total = (items) => items.reduce((sum, item) => sum + item.price, 0);\n",
	},
	flawed: [2]map[string]string{
		{
			"package-lock.json": `{
  "name": "storefront",
  "version": "1.0.0",
  "lockfileVersion": 3,
  "packages": {
    "": {"name": "storefront", "version": "1.0.0", "dependencies": {"lodash": "^4.17.0", "minimist": "^1.2.0"}},
    "node_modules/lodash": {"version": "4.17.15", "license": "MIT"},
    "node_modules/minimist": {"version": "1.2.5", "license": "MIT"}
  }
}
`,
			"src/search.js": `const { exec } = require("child_process");

exports.find = (request, response) => {
  const words = request.query.q;
  exec("grep -r " + words + " catalog", (error, out) => response.send("<h1>" + words + "</h1>" + out));
};

exports.price = (formula) => eval(formula);
`,
		},
		{
			".npmrc": "registry=https://packages.example.com/npm/\n//packages.example.com/npm/:_authToken=<<npm>>\n",
			"src/server.js": `const http = require("http");
const cart = require("./cart");

const session = { secret: "<<password>>", secure: false };

http
  .createServer((request, response) => {
    response.setHeader("Content-Type", "text/plain");
    response.end(String(cart.total([])));
  })
  .listen(process.env.PORT);
`,
			"certs/server.key": "<<key>>",
		},
	},
}

var java = kind{
	clean: map[string]string{
		"README.md": "# Ledger\n\nBooks every cent twice.\n",
		"pom.xml":   pom("2.20.0"),
		"src/main/java/com/example/Ledger.java": `package com.example;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

final class Ledger {
    private final Connection connection;

    Ledger(Connection connection) {
        this.connection = connection;
    }

    void book(String account, long cents) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("insert into entry values (?, ?)")) {
            statement.setString(1, account);
            statement.setLong(2, cents);
            statement.executeUpdate();
        }
    }
}
`,
	},
	flawed: [2]map[string]string{
		{
			"pom.xml": pom("2.14.1"),
			"src/main/java/com/example/Report.java": `package com.example;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;

final class Report extends HttpServlet {
    private final Connection connection;

    Report(Connection connection) {
        this.connection = connection;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String account = request.getParameter("account");
        try (ResultSet entries = entries(account)) {
            while (entries.next()) {
                response.getWriter().println(entries.getLong("cents"));
            }
        } catch (SQLException e) {
            response.sendError(500);
        }
    }

    private ResultSet entries(String account) throws SQLException {
        String query = "select * from entry where account = '" + account + "'";
        return connection.createStatement().executeQuery(query);
    }
}
`,
		},
		{
			"src/main/resources/application.properties": "server.port=8080\nspring.datasource.url=jdbc:postgresql://db.internal.example.com/ledger\nspring.datasource.username=ledger\nspring.datasource.password=<<password>>\n",
			"ci/publish.sh": "#!/bin/sh\n# Publishes a release.\nset -eu\nGITHUB_TOKEN=<<github>> ./mvnw deploy\n",
		},
	},
}

// pom is the description of a Java project with a version of log4j.
func pom(log4j string) string {
	return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId>
  <artifactId>ledger</artifactId>
  <version>1.0.0</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-core</artifactId>
      <version>` + log4j + `</version>
    </dependency>
  </dependencies>
</project>
`
}

var golang = kind{
	clean: map[string]string{
		"README.md": "# Search\n\nFinds what customers mean.\n",
		"go.mod":    "module example.com/search\n\ngo 1.26\n\nrequire golang.org/x/net v0.44.0\n",
		"main.go": `package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

func main() {
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "well") })
	server := &http.Server{Addr: os.Getenv("LISTEN"), ReadHeaderTimeout: 5 * time.Second}
	if err := server.ListenAndServe(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
`,
	},
	flawed: [2]map[string]string{
		{
			"go.mod": "module example.com/search\n\ngo 1.26\n\nrequire golang.org/x/net v0.7.0\n",
			"index.go": `package main

import (
	"crypto/tls"
	"database/sql"
	"net/http"
	"os/exec"
)

func find(db *sql.DB, words string) (*sql.Rows, error) {
	return db.Query("select id from product where name like '%" + words + "%'")
}

func rebuild(r *http.Request) error {
	return exec.Command("sh", "-c", "rebuild-index "+r.FormValue("shard")).Run()
}

var client = http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
`,
		},
		{
			"deploy/search.env": "LISTEN=:8080\nSEARCH_DB=postgres://search:<<password>>@db.internal.example.com/search\n",
			"deploy/fetch.sh":   "#!/bin/sh\n# Fetches the word lists.\nset -eu\ncurl --fail --header \"Authorization: token <<github>>\" https://api.example.com/words > words.txt\n",
		},
	},
}

// with returns files with more of them, which replace those of the same path.
func with(files map[string]string, more map[string]string) map[string]string {
	all := maps.Clone(files)
	maps.Copy(all, more)
	return all
}
