'use strict';
// A platform for the tests: what the app uses of Forge, with one state.

const Module = require('node:module');

// platform returns a stub. permission is what Bitbucket says about the person, answers are those of the server by path.
function platform({ permission = 'owner', answers = {} } = {}) {
  const p = { secrets: new Map(), values: new Map(), calls: [], asked: [] };
  const response = (status, body) => ({ ok: status >= 200 && status < 300, status, json: async () => body });
  p.invokeRemote = async (remote, options) => {
    p.calls.push({ remote, ...options });
    const given = answers[options.path] ?? answers['*'] ?? [200, {}];
    return response(...given);
  };
  p.kvs = {
    get: async (key) => p.values.get(key),
    set: async (key, value, options) => void p.values.set(key, value, options),
    getSecret: async (key) => p.secrets.get(key),
    setSecret: async (key, value) => void p.secrets.set(key, value),
  };
  p.route = (parts, ...values) => parts.reduce((text, part, i) => text + encodeURIComponent(values[i - 1]) + part);
  p.api = {
    asUser: () => ({
      requestBitbucket: async (path) => {
        p.asked.push(path);
        return permission === null ? response(403, {}) : response(200, { permission });
      },
    }),
  };
  p.webTriggerUrl = async (key) => `https://abc.webtrigger.atlassian.app/${key}`;
  return p;
}

// withModules makes require give the stub for the modules of Forge.
function withModules(p, use) {
  class Resolver {
    constructor() {
      this.definitions = {};
    }
    define(name, f) {
      this.definitions[name] = f;
    }
    getDefinitions() {
      return this.definitions;
    }
  }
  const modules = {
    '@forge/api': { default: p.api, route: p.route, invokeRemote: p.invokeRemote, webTrigger: { getUrl: p.webTriggerUrl } },
    '@forge/kvs': { kvs: p.kvs },
    '@forge/resolver': { default: Resolver },
  };
  const load = Module._load;
  Module._load = (name, ...rest) => modules[name] ?? load(name, ...rest);
  try {
    return use();
  } finally {
    Module._load = load;
  }
}

module.exports = { platform, withModules };
