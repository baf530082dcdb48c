'use strict';
// The web trigger: the Sluice server asks for a credential, and this app calls the server back. Atlassian adds the
// credential to that call; this code never sees it.

const signature = require('./signature');

// USED is how long an id counts as used, in seconds.
const USED = 300;

const answer = (outputKey) => ({ outputKey });

// header returns a header of a web trigger, whose names come in any case, with a list of values.
function header(headers, name) {
  for (const [key, values] of Object.entries(headers || {})) {
    if (key.toLowerCase() === name) {
      return Array.isArray(values) && values.length === 1 ? values[0] : undefined;
    }
  }
  return undefined;
}

// exchange answers a request with one of the fixed answers of the manifest, never with what the server said.
async function exchange(event, { kvs, invokeRemote, now }) {
  const secret = await kvs.getSecret('server-secret');
  const id = signature.request(secret, header(event.headers, 'x-sluice-signature'), event.body, now());
  if (id === null) {
    return answer('refused');
  }
  if ((await kvs.get(`used-${id}`)) !== undefined) {
    return answer('refused');
  }
  await kvs.set(`used-${id}`, true, { ttl: { value: USED, unit: 'SECONDS' } });
  const response = await invokeRemote('sluice', {
    path: `/forge/v1/exchange/${id}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  return answer(response.ok ? 'accepted' : 'failed');
}

module.exports = { exchange };
