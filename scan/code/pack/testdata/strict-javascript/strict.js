const yaml = require('js-yaml');

function read(text) {
  // ruleid: javascript-yaml-types
  yaml.load(text);
  // ok: javascript-yaml-types
  yaml.safeLoad(text);
}
