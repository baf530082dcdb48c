// The script of the settings page. `npm run build` puts it, with @forge/bridge, into static/settings/page.js.
import { invoke, permissions } from '@forge/bridge';
import { start } from './view.mjs';

start(document, { invoke, remote: permissions && permissions.remote });
