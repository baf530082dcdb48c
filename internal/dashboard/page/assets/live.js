"use strict";
// What changes while a page is open: the queue in its head, and the parts that are marked data-live. The server says over a stream of events
// that something changed, or when asked, where a stream does not get through. The page then asks for itself again and takes its parts over.
(() => {
  const events = document.body.dataset.events;
  if (!events) return;
  const byItself = { headers: { "Sluice-By-Itself": "1" }, credentials: "same-origin" };
  const firstEvent = 8000, silence = 40000, pollEvery = 5000, longest = 60000, quiet = 20000;
  // shown is the state of what the page shows, told the one that the server has named last.
  let shown = document.body.dataset.state, told = shown;
  let source = null, timer = 0, watch = 0, failures = 0, polls = 0, ended = false;
  let refreshing = false, refreshTimer = 0, pause = 0, refreshed = 0;

  const wait = (ms) => Math.min(longest, ms) * (0.75 + Math.random() / 2);
  const stop = () => {
    clearTimeout(timer);
    clearTimeout(watch);
    clearTimeout(refreshTimer);
    refreshTimer = 0;
    if (source) source.close();
    source = null;
  };
  // finish ends everything: the session is over, or the page may not be read any longer.
  const finish = () => {
    ended = true;
    stop();
  };

  const start = () => {
    stop();
    if (document.hidden || ended) return;
    if (!window.EventSource) failures = 2;
    if (failures >= 2) {
      poll();
      return;
    }
    source = new EventSource(events);
    const heard = () => {
      clearTimeout(watch);
      watch = setTimeout(broken, silence);
    };
    source.addEventListener("queue", (e) => {
      failures = 0;
      heard();
      learn(JSON.parse(e.data));
    });
    source.addEventListener("still", heard);
    source.onerror = broken;
    watch = setTimeout(broken, firstEvent);
  };
  const broken = () => {
    stop();
    failures++;
    timer = setTimeout(start, failures >= 2 ? 0 : wait(1000));
  };
  // poll asks once, and again later; at times it tries a stream again.
  const poll = async () => {
    let next = pollEvery;
    try {
      const answer = await fetch(events + "?once", byItself);
      if (answer.redirected || answer.status === 403 || answer.status === 404) return finish();
      if (!answer.ok) throw new Error(answer.status);
      learn(await answer.json());
      failures = 2;
      polls++;
    } catch {
      next = pollEvery * 2 ** Math.min(5, failures++ - 1);
    }
    if (document.hidden || ended) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (polls >= 24) [polls, failures] = [0, 1];
      start();
    }, wait(next));
  };

  const learn = (e) => {
    const queue = document.querySelector("header .queue"), summary = queue.querySelector("summary");
    const other = summary.textContent !== e.words || e.state !== told;
    if (summary.textContent !== e.words) summary.textContent = e.words;
    queue.classList.toggle("busy", e.busy);
    for (const x of document.querySelectorAll("[data-progress]")) {
      const percent = e.progress[x.dataset.progress];
      if (percent !== undefined) x.textContent = percent + "\u00a0%";
    }
    if (other && queue.open) load(queue);
    told = e.state;
    if (!document.querySelector("main [data-live]")) shown = told;
    if (told !== shown) soon();
  };

  const soon = () => {
    if (refreshTimer || refreshing || document.hidden) return;
    refreshTimer = setTimeout(refresh, Math.max(0, refreshed + pause - Date.now()));
  };
  // refresh asks for the page again and takes its parts over. What a person is busy with stays until later.
  const refresh = async () => {
    refreshTimer = 0;
    refreshing = true;
    const begun = Date.now(), about = told;
    try {
      const answer = await fetch(location.href, byItself);
      if (answer.redirected || answer.status === 403 || answer.status === 404) return finish();
      const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
      if (fresh && takeOver(fresh)) {
        shown = fresh.body.dataset.state;
        say(document.querySelector("header .queue summary").textContent);
      }
    } catch {
      // The stream or the next question tells whether the server is back.
    } finally {
      refreshing = false;
      refreshed = Date.now();
      // A slow page is asked for less often, and so is one that did not show the state yet.
      const again = shown !== about && told === about ? pause * 2 : 0;
      pause = Math.min(30000, Math.max(2000, 10 * (refreshed - begun), again));
      if (told !== shown) soon();
    }
  };

  const parts = (doc) => new Map([...doc.querySelectorAll("main [data-live]")].map((x) => [x.dataset.live, x]));
  const takeOver = (doc) => {
    const old = parts(document), fresh = parts(doc);
    fresh.get("notice")?.removeAttribute("role");
    old.get("notice")?.removeAttribute("role");
    const main = document.querySelector("main");
    if ([...old.keys()].join() !== [...fresh.keys()].join()) return !busy(main) && replace(main, doc.querySelector("main"));
    if ([...old.values()].some(busy)) return false;
    for (const [name, part] of old) if (!part.isEqualNode(fresh.get(name))) replace(part, fresh.get(name));
    return true;
  };
  // busy reports whether somebody chooses, writes or marks something in a part.
  const busy = (part) =>
    part.querySelector(".menu[open], dialog[open], input:focus:not([type=hidden]), select:focus, textarea:focus, tbody input:checked, [data-row] input:checked") ||
    (!getSelection().isCollapsed && part.contains(getSelection().anchorNode));

  const stops = "a[href], summary, button, input, select, textarea, [tabindex='0']";
  const rowOf = (part, key) => [...part.querySelectorAll("[data-row]")].find((x) => x.dataset.row === key);
  const replace = (part, fresh) => {
    const copy = document.importNode(fresh, true);
    for (const open of part.querySelectorAll("details[open]:not(.menu)")) {
      const row = open.closest("[data-row]");
      const again = row && rowOf(copy, row.dataset.row)?.querySelector("details:not(.menu)");
      if (again) again.open = true;
    }
    const at = document.activeElement, inside = part.contains(at);
    const row = inside && at.closest("[data-row]"), place = inside && [...(row || part).querySelectorAll(stops)].indexOf(at);
    part.replaceWith(copy);
    if (inside) {
      const again = (row && rowOf(copy, row.dataset.row)) || copy;
      const target = [...again.querySelectorAll(stops)][place] || again;
      if (!target.matches(stops)) target.tabIndex = -1;
      target.focus({ preventScroll: true });
    }
    copy.dispatchEvent(new CustomEvent("sluice:shown", { bubbles: true }));
    return true;
  };

  // say tells people who hear the page, but not all the time.
  let said = 0, saying = 0;
  const say = (text) => {
    clearTimeout(saying);
    saying = setTimeout(() => {
      said = Date.now();
      document.getElementById("said").textContent = "Updated. " + text;
    }, Math.max(0, said + quiet - Date.now()));
  };

  // load fills a drop-down of the head.
  const load = async (menu) => {
    try {
      const answer = await fetch(menu.dataset.load, byItself);
      if (!answer.ok || answer.redirected) return;
      const panel = menu.querySelector(".dropdown"), fresh = panel.cloneNode();
      fresh.innerHTML = await answer.text();
      const here = new URL(location.href);
      for (const name of ["done", "batch"]) here.searchParams.delete(name);
      for (const x of fresh.querySelectorAll("input[name=back]")) x.value = here.pathname + here.search;
      replace(panel, fresh);
    } catch {
      // The link to the whole queue is still there.
    }
  };
  for (const menu of document.querySelectorAll("details[data-load]")) menu.addEventListener("toggle", () => menu.open && load(menu));

  document.addEventListener("visibilitychange", start);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (e) => e.persisted && start());
  start();
})();
