'use strict';
// The two shapes of the manifest.

// replace replaces a text that must occur once.
function replace(text, from, to) {
  if (text.split(from).length !== 2) {
    throw new Error(`manifest.yml is not as this program knows it: it has not one ${JSON.stringify(from)}`);
  }
  return text.replace(from, () => to);
}

// shared turns the manifest of an app that knows one server into that of an app for many servers.
function shared(manifest) {
  const named = replace(
    manifest,
    /    baseUrl: .*\n/.exec(manifest)?.[0] ?? 'baseUrl',
    '    configurable:\n      name: Sluice server\n      description: The address of your own Sluice server\n',
  );
  return replace(named, 'modules:\n', '  external:\n    configurable:\n      enabled: true\nmodules:\n');
}

// withPullRequests adds the events of pull requests, which need one more scope.
function withPullRequests(manifest) {
  const scoped = replace(manifest, '    - read:workspace:bitbucket\n', '    - read:workspace:bitbucket\n    - read:pullrequest:bitbucket\n');
  return replace(
    scoped,
    '  preUninstall:\n',
    '    - key: pull-requests\n      endpoint: events\n      events:\n        - avi:bitbucket:created:pullrequest\n        - avi:bitbucket:updated:pullrequest\n  preUninstall:\n',
  );
}

module.exports = { shared, withPullRequests };
