'use strict';
// Checks that a request is from the app's own Sluice server. internal/forge signs the same text; both read
// test/signatures.json.

const { createHash, createHmac, timingSafeEqual } = require('node:crypto');

// MAX_AGE is how much the clocks of the server and of this app may differ, in seconds.
const MAX_AGE = 120;

// sign returns the signature of a request.
function sign(secret, issued, id, body) {
  const sum = createHash('sha256').update(body).digest('hex');
  return 'v1=' + createHmac('sha256', secret).update(`v1\n${issued}\n${id}\n${sum}`).digest('hex');
}

// request returns the id that a request names, or null if the request is not from the server, or too old. now is in
// seconds.
function request(secret, signature, body, now) {
  if (typeof secret !== 'string' || secret === '' || typeof signature !== 'string' || typeof body !== 'string' || body.length > 1000) {
    return null;
  }
  let said;
  try {
    said = JSON.parse(body);
  } catch {
    return null;
  }
  if (said === null || typeof said !== 'object' || said.v !== 1 || !Number.isInteger(said.iat) || !/^[a-z0-9]{20,40}$/.test(said.id)) {
    return null;
  }
  const right = Buffer.from(sign(secret, String(said.iat), said.id, body));
  const given = Buffer.from(signature);
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    return null;
  }
  return Math.abs(now - said.iat) <= MAX_AGE ? said.id : null;
}

module.exports = { sign, request, MAX_AGE };
