"use strict";
(function () {
  var bar = document.getElementById("filters");
  var items = Array.prototype.slice.call(document.querySelectorAll("[data-sev]"));
  if (!bar || items.length === 0) return;
  var words = null;
  var chosen = { show: "all", sev: [], eng: [] };
  var search = document.getElementById("search");
  var status = document.getElementById("shown");
  var rest = document.getElementById("rest");
  var none = document.getElementById("none");

  function text(i) {
    if (words === null) {
      words = items.map(function (item) { return item.textContent.toLowerCase(); });
    }
    return words[i];
  }

  function shows(item) {
    switch (chosen.show) {
      case "new": return item.dataset.new === "1" && item.dataset.off !== "1";
      case "blocks": return item.dataset.blocks === "1";
      case "off": return item.dataset.off === "1";
    }
    return true;
  }

  function apply() {
    var query = search.value.trim().toLowerCase();
    var count = 0, inRest = 0;
    items.forEach(function (item, i) {
      var on = shows(item) &&
        (chosen.sev.length === 0 || chosen.sev.indexOf(item.dataset.sev) >= 0) &&
        (chosen.eng.length === 0 || chosen.eng.indexOf(item.dataset.eng) >= 0) &&
        (query === "" || text(i).indexOf(query) >= 0);
      item.hidden = !on;
      if (on) {
        count++;
        if (item.tagName === "TR") inRest++;
      }
    });
    if (rest) rest.hidden = inRest === 0;
    none.hidden = count !== 0;
    status.textContent = count.toLocaleString("en") + " of " + items.length.toLocaleString("en") + " shown";
  }

  bar.addEventListener("click", function (event) {
    var chip = event.target.closest("[data-filter]");
    if (!chip) return;
    var name = chip.dataset.filter, value = chip.dataset.value;
    if (name === "show") {
      chosen.show = value;
      bar.querySelectorAll("[data-filter=show]").forEach(function (other) {
        other.setAttribute("aria-pressed", String(other === chip));
      });
    } else {
      var at = chosen[name].indexOf(value);
      if (at >= 0) chosen[name].splice(at, 1); else chosen[name].push(value);
      chip.setAttribute("aria-pressed", String(at < 0));
    }
    apply();
  });
  search.addEventListener("input", apply);
  document.getElementById("fold").addEventListener("click", function (event) {
    var open = event.target.dataset.open !== "1";
    items.forEach(function (item) { if (item.tagName === "DETAILS" && !item.hidden) item.open = open; });
    event.target.dataset.open = open ? "1" : "0";
    event.target.textContent = open ? "Fold all" : "Unfold all";
  });
  bar.hidden = false;
  apply();
})();
