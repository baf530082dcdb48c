const express = require("express");
const _ = require("lodash");
const xpath = require("xpath");
const yaml = require("js-yaml");
const { exec, spawn } = require("node:child_process");
const { promisify } = require("util");
const vm = require("vm");
const pug = require("pug");
const { MongoClient, ObjectId } = require("mongodb");
const User = require("./user");

const run = promisify(exec);
const app = express();

app.post("/login", async (req, res) => {
  // ruleid: javascript-nosql-injection
  const user = await User.findOne({ name: req.body.name, password: req.body.password });
  // ok: javascript-nosql-injection
  const same = await User.findOne({ name: String(req.body.name) });
  // ok: javascript-nosql-injection
  const byId = await User.findOne({ _id: new ObjectId(req.query.id) });
  if (typeof req.body.name !== "string") {
    return res.sendStatus(400);
  }
  // ok: javascript-nosql-injection
  const checked = await User.findOne({ name: req.body.name });
  res.json([user, same, byId, checked]);
});

app.post("/search", async ({ body, query }, res) => {
  // ruleid: javascript-nosql-code
  const rows = await User.find({ $where: "this.name == '" + body.name + "'" });
  // ok: javascript-nosql-code
  const named = await User.find({ $where: "this.size > " + Number(body.size) });
  // ruleid: javascript-regex-injection
  const expression = new RegExp(query.text, "i");
  // ok: javascript-regex-injection
  const safe = new RegExp(_.escapeRegExp(query.text), "i");
  res.json(named.concat(rows).filter((r) => expression.test(r.name) && safe.test(r.title)));
});

app.put("/settings", (req, res) => {
  const settings = {};
  // ruleid: javascript-prototype-pollution
  _.merge(settings, req.body);
  // ruleid: javascript-prototype-pollution
  settings[req.body.section][req.body.name] = req.body.value;
  // ok: javascript-prototype-pollution
  settings.colour = req.body.colour;
  // ruleid: javascript-mass-assignment
  User.create(req.body);
  // ok: javascript-mass-assignment
  User.create({ name: req.body.name });
  res.json(settings);
});

app.get("/tree", (req, res) => {
  // ruleid: javascript-xpath-injection
  const nodes = xpath.select("//user[name='" + req.query.name + "']", tree);
  // ok: javascript-xpath-injection
  const count = xpath.select("//user[" + Number(req.query.index) + "]", tree);
  // ruleid: javascript-ldap-injection
  ldap.search("dc=example", { scope: "sub", filter: `(uid=${req.query.name})` }, done);
  // ok: javascript-ldap-injection
  ldap.search("dc=example", { scope: "sub", filter: `(uid=${escapeFilter(req.query.name)})` }, done);
  res.json([nodes.length, count.length]);
});

app.get("/run", async (req, res) => {
  // ruleid: javascript-command-injection
  await run(`convert ${req.query.file}`);
  // ruleid: javascript-command-injection
  spawn("sh", ["-c", "ls " + req.query.folder]);
  // ok: javascript-command-injection
  spawn("ls", [req.query.folder]);
  // ruleid: javascript-code-injection
  vm.runInNewContext(req.query.code, {});
  // ok: javascript-code-injection
  setTimeout(() => log(req.query.code), 10);
  // ruleid: javascript-template-injection
  const page = pug.compile(req.query.template);
  // ok: javascript-template-injection
  const other = pug.compile("p= name")({ name: req.query.name });
  // ruleid: javascript-unsafe-deserialization
  yaml.load(req.query.document);
  // ok: javascript-unsafe-deserialization
  yaml.load(req.query.document, { schema: yaml.JSON_SCHEMA });
  // ruleid: javascript-view-from-request
  res.render(req.query.view);
  // ruleid: javascript-view-from-request
  res.render("profile", req.query);
  // ok: javascript-view-from-request
  res.render("profile", { name: req.query.name, page, other });
});

app.get("/answer", (req, res) => {
  // ruleid: javascript-header-injection
  res.setHeader(req.query.header, "1");
  // ok: javascript-header-injection
  res.setHeader("X-Count", "1");
  // ruleid: javascript-log-injection
  console.log("asked for " + req.query.name);
  // ok: javascript-log-injection
  console.log("asked for", JSON.stringify(req.query.name));
  try {
    work();
  } catch (error) {
    // ruleid: javascript-error-details
    res.status(500).send(error.stack);
    // ok: javascript-error-details
    res.status(500).send("It did not work.");
  }
  // ruleid: javascript-host-header
  const link = "https://" + req.headers.host + "/reset";
  // ok: javascript-host-header
  const own = "https://" + settings.host + "/reset";
  // ruleid: javascript-redos
  if (/^(a+)+$/.test(req.query.text)) mail(link);
  // ok: javascript-redos
  if (/^a+$/.test(req.query.text)) mail(own);
});

// A function that nobody calls here.
function listFolder(folder) {
  // ruleid: javascript-shell-text
  exec("ls -l " + folder);
}

function orders(db, column, done) {
  const sql = `SELECT * FROM orders ORDER BY ${column}`;
  // ruleid: javascript-sql-text
  db.query(sql, done);
}

function inner(folder) {
  // ok: javascript-shell-text
  exec("ls -l " + folder);
}

function outer() {
  inner("/srv");
  // ok: javascript-sql-text
  db.query("SELECT * FROM orders WHERE id = ?", [1]);
}

module.exports = { listFolder, orders, outer };
