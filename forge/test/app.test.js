'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { sign, request } = require('../src/signature');
const { exchange } = require('../src/exchange');
const { code } = require('../src/settings');
const { platform, withModules } = require('./stub');

const id = 'abcdefghijklmnopqrstuvwxyz';
const now = 1700000000;
const body = JSON.stringify({ id, iat: now, v: 1 });
const event = (signature, text = body, name = 'X-Sluice-Signature') => ({ method: 'POST', headers: { [name]: [signature] }, body: text });

test('server and app sign the same text', () => {
  for (const v of require('./signatures.json')) {
    assert.equal(sign(v.secret, v.issued, v.id, v.body), v.signature);
  }
});

test('a request that is not from the server is refused', () => {
  const right = sign('secret', String(now), id, body);
  assert.equal(request('secret', right, body, now), id);
  assert.equal(request('secret', right, body, now + 120), id);
  assert.equal(request('secret', right, body, now - 120), id);
  const odd = (said) => {
    const text = JSON.stringify(said);
    return ['secret', sign('secret', String(said?.iat), said?.id, text), text, now];
  };
  for (const [secret, signature, text, at] of [
    ['secret', right, body, now + 121],
    ['secret', right, body, now - 121],
    ['other', right, body, now],
    ['', right, body, now],
    [undefined, right, body, now],
    ['secret', undefined, body, now],
    ['secret', '', body, now],
    ['secret', right.slice(0, -1), body, now],
    ['secret', right.toUpperCase(), body, now],
    ['secret', right.replace('v1=', 'v2='), body, now],
    ['secret', right, body + ' ', now],
    ['secret', right, undefined, now],
    ['secret', right, 'x', now],
    ['secret', right, 'null', now],
    odd({ v: 2, id, iat: now }),
    odd({ v: 1, id, iat: String(now) }),
    odd({ v: 1, id, iat: now + 0.5 }),
    odd({ v: 1, id: '../events', iat: now }),
    odd({ v: 1, id: 'x', iat: now }),
    odd({ v: 1, iat: now }),
    odd([1]),
    odd({ v: 1, id, iat: now, more: 'x'.repeat(2000) }),
  ]) {
    assert.equal(request(secret, signature, text, at), null, JSON.stringify([signature, text, at]));
  }
});

test('a request leads to one call of the server, whose answer is not repeated', async () => {
  const p = platform({ answers: { '*': [200, { token: 'canary' }] } });
  p.secrets.set('server-secret', 'secret');
  const right = sign('secret', String(now), id, body);
  const run = (e) => exchange(e, { ...p, now: () => now });
  assert.deepEqual(await run(event('v1=wrong')), { outputKey: 'refused' });
  assert.deepEqual(await run({ body }), { outputKey: 'refused' });
  assert.deepEqual(await run({ headers: { 'X-Sluice-Signature': [right, right] }, body }), { outputKey: 'refused' });
  assert.equal(p.calls.length, 0);
  assert.deepEqual(await run(event(right, body, 'x-sluice-SIGNATURE')), { outputKey: 'accepted' });
  assert.deepEqual(p.calls, [{ remote: 'sluice', path: `/forge/v1/exchange/${id}`, method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }]);
  assert.deepEqual(await run(event(right)), { outputKey: 'refused' }, 'an id counts once');
  assert.equal(p.calls.length, 1);
});

test('a server that does not want the call is a failure', async () => {
  const p = platform({ answers: { '*': [404, {}] } });
  p.secrets.set('server-secret', 'secret');
  assert.deepEqual(await exchange(event(sign('secret', String(now), id, body)), { ...p, now: () => now }), { outputKey: 'failed' });
});

test('after the storage was lost nothing is handed over', async () => {
  const p = platform();
  for (const secret of ['', 'undefined', 'null']) {
    assert.deepEqual(await exchange(event(sign(secret, String(now), id, body)), { ...p, now: () => now }), { outputKey: 'refused' });
  }
  assert.equal(p.calls.length, 0);
});

test('only an owner of the workspace gets a code, and the secret stays in the storage', async () => {
  const answers = { '/forge/v1/pairing-code': [200, { code: 'ABCD-EFGH', secret: 'canary', minutes: 10 }] };
  const context = { workspaceId: '{w}', accountId: 'ada' };
  for (const permission of ['member', 'create-project', null, undefined, 'OWNER']) {
    const p = platform({ permission: permission === undefined ? '' : permission, answers });
    assert.match((await code(context, p)).problem, /administrator/);
    assert.equal(p.calls.length, 0);
  }
  for (const nobody of [{}, { workspaceId: '{w}' }, { accountId: 'ada' }]) {
    assert.match((await code(nobody, platform({ answers }))).problem, /administrator/);
  }
  const p = platform({ answers });
  assert.deepEqual(await code(context, p), { code: 'ABCD-EFGH', minutes: 10 });
  assert.deepEqual(p.asked, ['/2.0/user/workspaces/%7Bw%7D/permission']);
  assert.equal(p.secrets.get('server-secret'), 'canary');
  assert.deepEqual(JSON.parse(p.calls[0].body), { accountId: 'ada', webtrigger: 'https://abc.webtrigger.atlassian.app/credential-request' });
});

test('the page says what went wrong, in its own words', async () => {
  for (const [status, words] of [[409, /connected to Sluice/], [429, /ten minutes/], [401, /reached/], [500, /reached/]]) {
    const p = platform({ answers: { '*': [status, { error: 'canary' }] } });
    const { problem } = await code({ workspaceId: '{w}', accountId: 'ada' }, p);
    assert.match(problem, words);
    assert.doesNotMatch(problem, /canary/);
    assert.equal(p.secrets.size, 0);
  }
});

test('the functions of the manifest exist', async () => {
  const p = platform({ answers: { '*': [200, { code: 'ABCD-EFGH', secret: 's', minutes: 10 }] } });
  const app = withModules(p, () => require('../src/index'));
  assert.deepEqual(await app.settings.code({ context: { workspaceId: '{w}', accountId: 'ada' } }), { code: 'ABCD-EFGH', minutes: 10 });
  assert.deepEqual(await app.exchange({ headers: {}, body: '' }), { outputKey: 'refused' });
});

test('the page shows the code and nothing else', async () => {
  const { start } = await import('../src/view.mjs');
  const elements = {};
  const element = () => ({ listeners: {}, children: [], addEventListener(name, f) { this.listeners[name] = f; }, append(x) { this.children.push(x); } });
  for (const name of ['ask', 'said', 'server', 'save', 'address']) {
    elements[name] = element();
  }
  elements.server.hidden = true;
  const document = { getElementById: (name) => elements[name], createElement: element, documentElement: { dataset: {} } };
  let said = { code: 'ABCD-EFGH', minutes: 10 };
  start(document, { invoke: async () => said });
  await elements.ask.listeners.click();
  assert.equal(elements.said.children[0].textContent, 'ABCD-EFGH');
  said = { problem: 'no <b>' };
  await elements.ask.listeners.click();
  assert.equal(elements.said.textContent, 'no <b>');
  assert.equal(elements.server.hidden, true, 'an app for one server asks for no address');
  document.documentElement.dataset.server = 'choose';
  const chosen = [];
  start(document, { invoke: async () => said, remote: { set: async (x) => chosen.push(x) } });
  assert.equal(elements.server.hidden, false);
  elements.address.value = ' https://sluice.example.com ';
  await elements.save.listeners.click();
  assert.deepEqual(chosen, [{ remotes: [{ key: 'sluice', configured: { endpoint: 'https://sluice.example.com' } }] }]);
});
