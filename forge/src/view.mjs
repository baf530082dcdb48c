// What the settings page does, apart from the platform.

// start wires the page. remote is nil where the app knows its server from the manifest.
export function start(document, { invoke, remote }) {
  const at = (id) => document.getElementById(id);
  const say = (text, code) => {
    const said = at('said');
    said.textContent = text;
    if (code) {
      const shown = document.createElement('code');
      shown.textContent = code;
      said.append(shown);
    }
  };
  at('ask').addEventListener('click', async () => {
    at('ask').disabled = true;
    try {
      const { code, minutes, problem } = await invoke('code');
      if (problem) {
        say(problem);
      } else {
        say(`Enter this code in Sluice under Settings, Connections, within ${minutes} minutes: `, code);
      }
    } catch {
      say('The code could not be asked for. Load this page again.');
    }
    at('ask').disabled = false;
  });
  if (document.documentElement.dataset.server !== 'choose' || !remote) {
    return;
  }
  at('server').hidden = false;
  at('save').addEventListener('click', async () => {
    try {
      await remote.set({ remotes: [{ key: 'sluice', configured: { endpoint: at('address').value.trim() } }] });
      say('The address is saved.');
    } catch {
      say('The address was not saved.');
    }
  });
}
