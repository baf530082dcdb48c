"use strict";
(function () {
  var bar = document.getElementById("filters");
  if (!bar) return;
  function all(query, under) { return Array.prototype.slice.call((under || document).querySelectorAll(query)); }
  var notes = all("[data-note]"), files = all("[data-file]");
  var status = document.getElementById("shown"), none = document.getElementById("none");
  var pressed = bar.querySelector("[data-filter=scope][aria-pressed=true]");
  var scope = pressed ? pressed.dataset.value : "all";
  var severities = [];

  function has(element) { return all("[data-note]", element).some(function (note) { return !note.hidden; }); }

  function apply() {
    var count = 0;
    notes.forEach(function (note) {
      note.hidden = !((scope === "all" || note.dataset.inside === "1") &&
        (severities.length === 0 || severities.indexOf(note.dataset.sev) >= 0));
      if (!note.hidden) count++;
    });
    all(".notes, .whole, [data-around]").forEach(function (part) { part.hidden = !has(part); });
    files.forEach(function (file) {
      var off = all("[data-note][hidden]", file).length, word = file.querySelector("[data-filtered]");
      if (word) {
        word.hidden = off === 0;
        word.textContent = off + " not shown by the filter";
      }
      file.hidden = !has(file) && (severities.length > 0 || scope !== "all" && file.dataset.inside !== "1");
    });
    none.hidden = count !== 0;
    status.textContent = count.toLocaleString("en") + " of " + notes.length.toLocaleString("en") + " annotations";
  }

  function press() {
    all(".chip", bar).forEach(function (chip) {
      var on = chip.dataset.filter === "scope" ? chip.dataset.value === scope : severities.indexOf(chip.dataset.value) >= 0;
      chip.setAttribute("aria-pressed", String(on));
    });
    apply();
  }

  function reset() {
    scope = "all";
    severities = [];
    press();
  }

  // A link to an annotation must lead to it, whatever is filtered or folded.
  function reveal() {
    var note = /^#a[0-9]+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!note) return;
    if (note.hidden) reset();
    note.open = true;
    var file = note.closest("details[data-file]");
    if (file) file.open = true;
    note.scrollIntoView({ block: "center" });
  }

  bar.addEventListener("click", function (event) {
    var chip = event.target.closest("[data-filter]");
    if (!chip) return;
    if (chip.dataset.filter === "scope") {
      scope = chip.dataset.value;
    } else {
      var at = severities.indexOf(chip.dataset.value);
      if (at >= 0) severities.splice(at, 1); else severities.push(chip.dataset.value);
    }
    press();
  });
  document.getElementById("reset").addEventListener("click", reset);
  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#a']");
    if (link && link.hash === location.hash) reveal();
  });
  bar.hidden = false;
  apply();
  reveal();
})();
