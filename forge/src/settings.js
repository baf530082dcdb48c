'use strict';
// The page in the settings of the workspace. It shows a pairing code to people who own the workspace.

// says are the words for what goes wrong. The page shows nothing else of an answer.
const says = {
  permission: 'Only an administrator of this workspace can connect it to Sluice.',
  paired: 'This workspace is connected to Sluice. To connect it again, first deactivate the connection in Sluice.',
  often: 'Too many codes were asked for. Try again in ten minutes.',
  server: 'The Sluice server could not be reached, or does not know this app.',
};

// code asks the server for a code. The secret that comes with it stays in the app's storage; only the code goes to the page.
async function code(context, { api, route, kvs, webTriggerUrl, invokeRemote }) {
  const workspace = context.workspaceId;
  if (!workspace || !context.accountId) {
    return { problem: says.permission };
  }
  const permission = await api.asUser().requestBitbucket(route`/2.0/user/workspaces/${workspace}/permission`);
  if (!permission.ok || (await permission.json()).permission !== 'owner') {
    return { problem: says.permission };
  }
  const response = await invokeRemote('sluice', {
    path: '/forge/v1/pairing-code',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accountId: context.accountId, webtrigger: await webTriggerUrl('credential-request') }),
  });
  if (!response.ok) {
    return { problem: { 409: says.paired, 429: says.often }[response.status] || says.server };
  }
  const said = await response.json();
  await kvs.setSecret('server-secret', said.secret);
  return { code: said.code, minutes: said.minutes };
}

module.exports = { code, says };
