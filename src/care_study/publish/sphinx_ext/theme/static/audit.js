// Filters and sorts the table of the audit. The table is complete without it.
(() => {
  "use strict";
  const audit = document.querySelector(".cs-audit");
  const table = audit && audit.querySelector("table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const FILTERED = ["Document", "Outcome", "Weight", "Theme"];
  const kind = (row, name) => row.dataset[name.toLowerCase()];

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function choice(name) {
    const select = element("select", { id: `audit-${name.toLowerCase()}` });
    select.append(element("option", { value: "" }, "All"));
    for (const value of new Set(rows.map((row) => kind(row, name)))) {
      select.append(element("option", { value }, value));
    }
    return select;
  }

  const selects = new Map(FILTERED.map((name) => [name, choice(name)]));
  const words = element("input", { id: "audit-words", type: "search", autocomplete: "off" });
  const reset = element("button", { type: "button" }, "Show all");
  const status = element("p", { class: "cs-status", role: "status", "aria-live": "polite" });
  let sorted = "";

  function show() {
    const wanted = words.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const fits = [...selects].every(([name, select]) =>
        !select.value || kind(row, name) === select.value);
      row.hidden = !fits || !row.textContent.toLowerCase().includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    status.textContent = `Showing ${shown} of ${rows.length} claims${sorted}.`;
  }

  function key(row, place) {
    const cell = row.cells[place];
    return cell.dataset.key || cell.textContent.trim();
  }

  function sort(head, place) {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const compare = new Intl.Collator("en-GB", { numeric: true }).compare;
    const order = [...rows].sort((a, b) => compare(key(a, place), key(b, place)));
    if (down) order.reverse();
    body.append(...order);
    sorted = `, sorted by ${head.textContent.toLowerCase()}, ${down ? "descending" : "ascending"}`;
    show();
  }

  heads.forEach((head, place) => {
    const button = element("button", { type: "button", class: "cs-sort" }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(head, place));
  });

  const controls = element("fieldset", { class: "cs-filter" }, element("legend", {}, "Filter the claims"));
  for (const [name, select] of selects) {
    controls.append(element("p", {}, element("label", { for: select.id }, name), select));
    select.addEventListener("change", show);
  }
  controls.append(element("p", {}, element("label", { for: words.id }, "Words"), words), reset);
  words.addEventListener("input", show);
  reset.addEventListener("click", () => {
    for (const select of selects.values()) select.value = "";
    words.value = "";
    show();
  });
  audit.before(controls, status);
  show();

  // A link to a claim must find its row, whatever was filtered before.
  addEventListener("hashchange", () => {
    const row = document.getElementById(location.hash.slice(1));
    if (row && row.hidden && body.contains(row)) {
      reset.click();
      row.scrollIntoView();
    }
  });
})();
