// What makes pages handier: times of the viewer's zone, menus that close, filters that apply at once, and keys. Every page works without it.
(() => {
  // Times: the viewer's zone, with the exact UTC behind it.
  const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  const times = (part) => {
    for (const x of part.querySelectorAll("time[datetime][title]")) {
      const at = new Date(x.dateTime);
      if (isNaN(at) || x.dataset.utc) continue;
      x.dataset.utc = x.title;
      if (x.textContent === x.title) x.textContent = local.format(at);
      x.title = local.format(at) + " (" + x.dataset.utc + ")";
    }
  };

  // A box that marks all others of a name; it is hidden without a script.
  const boxesOf = (all) => [...(all.closest("form, table") || document).querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.all)}"]`)];
  const boxes = (part) => {
    for (const all of part.querySelectorAll("input[data-all]")) all.hidden = false;
  };
  document.addEventListener("change", ({ target }) => {
    if (target.matches("input[data-all]")) for (const x of boxesOf(target)) x.checked = target.checked;
    else
      for (const all of document.querySelectorAll("input[data-all]")) {
        const list = boxesOf(all), marked = list.filter((x) => x.checked).length;
        all.checked = marked > 0 && marked === list.length;
        all.indeterminate = marked > 0 && marked < list.length;
      }
  });

  const prepare = (part) => {
    times(part);
    boxes(part);
  };
  prepare(document);
  document.addEventListener("sluice:shown", (e) => prepare(e.target));

  // A filter applies when a pointer has chosen. Keys walk through a select, and each step is a change: there the button applies it.
  let pointed = false;
  addEventListener("pointerdown", () => (pointed = true), true);
  addEventListener("keydown", () => (pointed = false), true);
  document.addEventListener("change", ({ target }) => pointed && target.matches("form.filter select") && target.form.requestSubmit());

  // Menus close when somebody clicks elsewhere, and by Escape, which gives the focus back.
  addEventListener("click", ({ target }) => {
    for (const x of document.querySelectorAll("details.menu[open]")) if (!x.contains(target)) x.open = false;
  });
  const closeMenu = () => {
    const open = document.querySelector("details.menu[open]");
    if (!open) return false;
    open.open = false;
    open.querySelector("summary").focus();
    return true;
  };

  // Keys. Somebody who speaks to the computer may not want them: they can be switched off (WCAG 2.1.4).
  const stored = "sluice-keys";
  const on = () => localStorage.getItem(stored) !== "off";
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((x) => x.offsetParent);
  const current = () => document.activeElement.closest("[data-row]");
  const step = (by) => {
    const list = rows(), at = list.indexOf(current());
    const row = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by];
    if (!row) return;
    row.tabIndex = -1;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  };
  const openRow = () => (current()?.querySelector("[data-open]") || current()?.querySelector("summary.row, th a[href], a.name, a[href]"))?.click();
  const mark = () => current()?.querySelector("input[type=checkbox]")?.click();
  const search = () => document.querySelector("main input[type=search]")?.focus();
  const keys = [
    ["j", "next row", () => step(1)],
    ["k", "previous row", () => step(-1)],
    ["e", "open the row, or unfold it", openRow],
    ["x", "mark the row", mark],
    ["/", "search", search],
    ["?", "this list", () => help()],
  ];
  addEventListener("keydown", (e) => {
    if (e.key === "Escape" && closeMenu()) return;
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (e.target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
    if (e.key === "Enter" && e.target.matches("[data-row]")) return openRow();
    const found = on() && keys.find(([key]) => key === e.key);
    if (!found) return;
    e.preventDefault();
    found[2]();
  });

  const make = (tag, text, ...children) => {
    const x = document.createElement(tag);
    x.append(text, ...children);
    return x;
  };
  const help = () => {
    const back = document.activeElement;
    const list = make("dl", "");
    for (const [key, what] of [...keys, ["Esc", "close a menu"]]) list.append(make("div", "", make("dt", "", make("kbd", key)), make("dd", what)));
    const use = make("input", "");
    use.type = "checkbox";
    use.checked = on();
    use.addEventListener("change", () => localStorage.setItem(stored, use.checked ? "on" : "off"));
    const close = make("button", "Close");
    close.addEventListener("click", () => dialog.close());
    const title = make("h2", "Keys");
    title.id = "keys";
    const dialog = make("dialog", "", title, list, make("label", "", use, " Use single keys"), close);
    dialog.className = "keys";
    dialog.setAttribute("aria-labelledby", "keys");
    dialog.addEventListener("close", () => {
      dialog.remove();
      back.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  };
  const button = make("button", "Keys…");
  button.type = "button";
  button.className = "plain";
  button.addEventListener("click", () => {
    closeMenu();
    help();
  });
  document.querySelector("header .account .dropdown")?.append(button);
})();
