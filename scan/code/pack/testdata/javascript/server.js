const express = require("express");
const child_process = require("child_process");
const { execFile, exec } = require("child_process");
const fs = require("fs");
const path = require("path");
const axios = require("axios");
const serialize = require("node-serialize");
const libxmljs = require("libxmljs");
const escapeHtml = require("escape-html");
const { pool } = require("./db");

const app = express();

app.get("/orders", (req, res) => {
  const sql = "SELECT * FROM orders WHERE customer = '" + req.query.customer + "'";
  // ruleid: javascript-sql-injection
  pool.query(sql, (err, rows) => res.json(rows));
  // ok: javascript-sql-injection
  pool.query("SELECT * FROM orders WHERE customer = ?", [req.query.customer]);
  // ok: javascript-sql-injection
  pool.query(`SELECT * FROM orders LIMIT ${parseInt(req.query.limit, 10)}`);
});

app.post("/ping", function (req, res) {
  // ruleid: javascript-command-injection
  child_process.exec("ping -c 1 " + req.body.host);
  // ruleid: javascript-command-injection
  exec(`ping -c 1 ${req.body.host}`);
  // ok: javascript-command-injection
  execFile("ping", ["-c", "1", req.body.host]);
  res.json({});
});

app.post("/calculate", (req, res) => {
  // ruleid: javascript-code-injection
  const value = eval(req.body.formula);
  // ok: javascript-code-injection
  const data = JSON.parse(req.body.data);
  res.json({ value, data });
});

app.post("/restore", (req, res) => {
  // ruleid: javascript-unsafe-deserialization, javascript-code-reader
  const state = serialize.unserialize(req.cookies.state);
  // ok: javascript-unsafe-deserialization
  const again = JSON.parse(req.cookies.state);
  res.json({ state, again });
});

app.get("/hello", (req, res) => {
  const name = req.query.name;
  // ruleid: javascript-xss
  res.send("<p>Hello " + name + "</p>");
  // ruleid: javascript-xss
  res.send(`<p>Hello ${name}</p>`);
  // ok: javascript-xss
  res.send("<p>Hello " + escapeHtml(name) + "</p>");
  // ok: javascript-xss
  res.json({ name });
});

app.get("/files/:name", async (req, res) => {
  // ruleid: javascript-path-traversal
  fs.readFile("/srv/files/" + req.params.name, (err, data) => res.json(data));
  // ruleid: javascript-path-traversal
  res.sendFile(path.join(__dirname, req.params.name));
  // ok: javascript-path-traversal
  res.sendFile(req.params.name, { root: "/srv/files" });
  // ok: javascript-path-traversal
  fs.readFile("/srv/files/" + path.basename(req.params.name), (err, data) => res.json(data));
});

app.get("/fetch", async (req, res) => {
  // ruleid: javascript-ssrf
  const answer = await axios.get(req.query.url);
  // ok: javascript-ssrf
  const known = await axios.get("https://api.example.com/items/" + req.query.item);
  // ok: javascript-ssrf
  const third = await fetch(`https://api.example.com/items/${req.query.item}`);
  res.json([answer.data, known.data, third.status]);
});

app.get("/go", (req, res) => {
  if (req.query.short) {
    // ok: javascript-open-redirect
    return res.redirect("/items/" + req.query.short);
  }
  // ruleid: javascript-open-redirect
  res.redirect(req.query.next);
});

app.post("/xml", (req, res) => {
  // ruleid: javascript-xxe
  const first = libxmljs.parseXml(req.body, { noent: true });
  // ok: javascript-xxe
  const second = libxmljs.parseXml(req.body);
  res.json([first.root().name(), second.root().name()]);
});
