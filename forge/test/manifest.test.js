'use strict';
// Checks every shape of the manifest with Atlassian's own validator. SLUICE_TEST_FORGE_MANIFEST is a folder in which
// @forge/manifest is installed; its licence does not allow a copy here.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { createRequire } = require('node:module');
const { shared, withPullRequests } = require('../shape');

const folder = process.env.SLUICE_TEST_FORGE_MANIFEST;
const own = fs.readFileSync(path.join(__dirname, '../manifest.yml'), 'utf8').replace('REPLACE-ME', '11111111-2222-3333-4444-555555555555');
const shapes = { own, shared: shared(own), 'own with pull requests': withPullRequests(own), 'shared with pull requests': withPullRequests(shared(own)) };

async function problems(manifest) {
  const { ProcessorBuilder, ValidationTypes, validate } = createRequire(path.join(folder, 'x.js'))('@forge/manifest');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-forge-'));
  const before = process.cwd();
  try {
    for (const name of ['src', 'static']) {
      fs.cpSync(path.join(__dirname, '..', name), path.join(dir, name), { recursive: true });
    }
    fs.writeFileSync(path.join(dir, 'manifest.yml'), manifest);
    process.chdir(dir);
    const all = [...(await validate(false)).errors, ...(await ProcessorBuilder.instance().withValidation(ValidationTypes.PRODUCT_TRIGGER).build().process()).errors];
    return all.filter((e) => e.level !== 'warning').map((e) => e.message);
  } finally {
    process.chdir(before);
    fs.rmSync(dir, { recursive: true });
  }
}

test('the shapes differ', () => {
  assert.equal(new Set(Object.values(shapes)).size, 4);
  assert.throws(() => shared(shared(own)), /not as this program knows it/);
});

test('the validator of Atlassian accepts every shape', { skip: !folder && 'SLUICE_TEST_FORGE_MANIFEST is not set' }, async () => {
  for (const [name, manifest] of Object.entries(shapes)) {
    assert.deepEqual(await problems(manifest), [], name);
  }
  assert.notDeepEqual(await problems(own.replace('bitbucket:workspaceSettingsMenuPage', 'bitbucket:noSuchPage')), [], 'the check itself works');
  assert.notDeepEqual(await problems(withPullRequests(own).replace('    - read:pullrequest:bitbucket\n', '')), [], 'also for the scopes of events');
});
