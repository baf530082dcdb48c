const crypto = require("crypto");
const express = require("express");
const session = require("express-session");
const jwt = require("jsonwebtoken");
const cors = require("cors");
const helmet = require("helmet");
const handlebars = require("handlebars");

const app = express();

// ruleid: javascript-cookie-flags
app.use(session({ name: "id", secret: process.env.SECRET, cookie: { secure: false } }));
// ok: javascript-cookie-flags
app.use(session({ name: "id", secret: process.env.SECRET, cookie: { secure: true, httpOnly: true, sameSite: "lax" } }));
// ruleid: javascript-hardcoded-secret
app.use(session({ secret: "k3yb0ard-cat", cookie: { secure: true, httpOnly: true, sameSite: "lax" } }));
// ok: javascript-hardcoded-secret
app.use(session({ secret: process.env.SECRET, cookie: { secure: true, httpOnly: true, sameSite: "lax" } }));

// ruleid: javascript-cors-any
app.use(cors({ origin: "*" }));
// ok: javascript-cors-any
app.use(cors({ origin: "https://example.com" }));

app.get("/", (req, res) => {
  // ruleid: javascript-cors-reflected
  res.setHeader("Access-Control-Allow-Origin", req.headers.origin);
  if (["https://example.com"].includes(req.headers.origin)) {
    // ok: javascript-cors-reflected
    res.setHeader("Access-Control-Allow-Origin", req.headers.origin);
  }
  // ruleid: javascript-headers-off
  res.setHeader("X-XSS-Protection", 0);
  // ok: javascript-headers-off
  res.setHeader("X-Frame-Options", "DENY");
  res.json({});
});

// ruleid: javascript-csrf-off
app.use(lusca({ csrf: false }));
// ok: javascript-csrf-off
app.use(lusca({ csrf: true }));

// ruleid: javascript-escape-off
handlebars.compile("{{name}}", { noEscape: true });
// ok: javascript-escape-off
handlebars.compile("{{name}}");

// ruleid: javascript-jwt-none
jwt.verify(token, key, { algorithms: ["none"] });
// ok: javascript-jwt-none
jwt.verify(token, key, { algorithms: ["RS256"] });

// ruleid: javascript-weak-hash
crypto.createHash("sha1").update(text);
// ok: javascript-weak-hash
crypto.createHash("sha256").update(text);

// ruleid: javascript-weak-key
crypto.generateKeyPairSync("rsa", { modulusLength: 1024 });
// ok: javascript-weak-key
crypto.generateKeyPairSync("rsa", { modulusLength: 3072 });

// ruleid: javascript-weak-random, javascript-predictable-random
const resetToken = Math.random().toString(36);
// ruleid: javascript-predictable-random
const delay = Math.random() * 100;
// ok: javascript-weak-random, javascript-predictable-random
const sessionToken = crypto.randomBytes(16).toString("hex");

// ruleid: javascript-tls-old
const old = { minVersion: "TLSv1" };
// ok: javascript-tls-old
const recent = { minVersion: "TLSv1.2" };

// ruleid: javascript-uninitialised-buffer
const buffer = new Buffer(10);
// ok: javascript-uninitialised-buffer
const filled = Buffer.alloc(10);

module.exports = { resetToken, delay, sessionToken, old, recent, buffer, filled };

const reader = require('serialize-to-js');
function readers(text) {
  // ruleid: javascript-code-reader
  reader.deserialize(text);
  // ruleid: javascript-code-reader
  require('node-serialize').unserialize(text);
  // ok: javascript-code-reader
  JSON.parse(text);
}
