const fs = require("fs");
const path = require("path");
const express = require("express");

const app = express();
const base = "/srv/files";

app.get("/checked", (req, res) => {
  const wanted = path.resolve(base, req.query.name);
  if (!wanted.startsWith(base + path.sep)) {
    return res.sendStatus(403);
  }
  // ok: javascript-path-traversal
  res.sendFile(wanted);
});

app.get("/named", (req, res) => {
  if (req.query.name.includes("..")) {
    return res.sendStatus(400);
  }
  // ok: javascript-path-traversal
  fs.readFile(path.join(base, req.query.name), (error, data) => res.json(data));
});

app.get("/raw", async (req, res) => {
  // ruleid: javascript-path-traversal
  const text = await fs.promises.readFile(path.join(base, req.query.name), "utf8");
  // ok: javascript-xss
  res.send(text);
});

function unpack(archive) {
  archive.on("entry", (entry) => {
    // ruleid: javascript-zip-slip
    entry.pipe(fs.createWriteStream(path.join(base, entry.path)));
    // ok: javascript-zip-slip
    entry.pipe(fs.createWriteStream(path.join(base, path.basename(entry.path))));
  });
}

app.get("/away", (req, res) => {
  const target = new URL(req.query.to);
  const hosts = ["example.com"];
  if (hosts.includes(target.hostname)) {
    // ok: javascript-open-redirect
    return res.redirect(target.href);
  }
  // ruleid: javascript-open-redirect
  res.redirect(target.href);
});

module.exports = { unpack };
