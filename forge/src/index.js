'use strict';
// The functions that the manifest names, with the parts of the platform that they use.

const { default: api, route, invokeRemote, webTrigger } = require('@forge/api');
const { kvs } = require('@forge/kvs');
const { default: Resolver } = require('@forge/resolver');
const { exchange } = require('./exchange');
const { code } = require('./settings');

const resolver = new Resolver();
resolver.define('code', ({ context }) => code(context, { api, route, kvs, invokeRemote, webTriggerUrl: (key) => webTrigger.getUrl(key) }));

exports.settings = resolver.getDefinitions();
exports.exchange = (event) => exchange(event, { kvs, invokeRemote, now: () => Math.floor(Date.now() / 1000) });
