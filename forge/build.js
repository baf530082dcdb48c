'use strict';
// Builds the script of the settings page. `node build.js shared` also changes manifest.yml to the second shape, in which
// the administrator of each workspace chooses the server.
const fs = require('node:fs');
const path = require('node:path');
const { shared } = require('./shape');

if (process.argv[2] === 'shared') {
  const manifest = path.join(__dirname, 'manifest.yml');
  fs.writeFileSync(manifest, shared(fs.readFileSync(manifest, 'utf8')));
  const page = path.join(__dirname, 'static/settings/index.html');
  fs.writeFileSync(page, fs.readFileSync(page, 'utf8').replace('<html lang="en">', '<html lang="en" data-server="choose">'));
}
require('esbuild').buildSync({ entryPoints: [path.join(__dirname, 'src/page.mjs')], bundle: true, minify: true, outfile: path.join(__dirname, 'static/settings/page.js') });
