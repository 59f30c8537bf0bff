// Any authority beside any other: on a map, through time, and among all. The page is complete
// without it; the figures come as a script, so that it works from a folder too.
(() => {
  "use strict";
  const place = document.querySelector("[data-explorer]");
  if (!place) return;
  const NS = "http://www.w3.org/2000/svg";
  // Where each region lies, roughly: column and row of its block of tiles, and tiles across.
  const REGIONS = {
    "North West": [0, 0, 5], "North East": [6, 0, 5], "Yorkshire and The Humber": [6, 4, 5],
    "West Midlands": [0, 7, 5], "East Midlands": [6, 8, 4], "East of England": [12, 8, 4],
    "South West": [0, 12, 5], "South East": [6, 12, 5], London: [12, 13, 7],
  };
  const SHADES = 5;

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function draw(tag, attributes, ...children) {
    const made = document.createElementNS(NS, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  window.careStudyExplorer = (data) => {
    const names = data.areas.map(([name]) => name);
    const regionOf = new Map(data.areas.map(([name, region]) => [name, region.replace(/^(Inner|Outer) /, "")]));
    const local = names.filter((name) => regionOf.get(name));
    const at = new Map(names.map((name, place) => [name, place]));
    const measures = new Map(data.measures.map((one) => [one.id, one]));
    const state = { area: data.first, beside: data.second, measure: data.measures[0].id, year: 0 };

    const values = (name) => data.values[state.measure][at.get(name)] || [];
    const value = (name, year = state.year) => values(name)[data.years.indexOf(year)] ?? null;
    const written = (number) => number === null ? "no figure" : number.toLocaleString("en-GB",
      { minimumFractionDigits: measure().decimals, maximumFractionDigits: measure().decimals });
    const measure = () => measures.get(state.measure);
    const years = () => data.years.filter((year) => local.some((name) => value(name, year) !== null));

    function choice(id, label, options) {
      const select = element("select", { id: `explore-${id}` });
      for (const [key, words] of options) select.append(element("option", { value: key }, words));
      select.addEventListener("change", () => {
        state[id] = id === "year" ? Number(select.value) : select.value;
        show();
      });
      controls.append(element("p", {}, element("label", { for: select.id }, label), select));
      return select;
    }

    const controls = element("fieldset", { class: "cs-filter" }, element("legend", {}, "Choose"));
    const alike = names.map((name) => [name, name]);
    const picks = {
      area: choice("area", "Area", alike),
      beside: choice("beside", "Beside", alike),
      measure: choice("measure", "Measure", data.measures.map((one) => [one.id, `${one.title} (${one.unit})`])),
      year: choice("year", "Year of map and distribution", []),
    };
    const title = element("h2", { class: "cs-explorer-title", "aria-live": "polite" });
    const views = element("div", { class: "cs-views" });
    const table = element("div", { class: "cs-scroll", role: "region", tabindex: "0", "aria-label": "The figures shown, as a table" });
    const take = element("a", { download: "explore.csv" }, "Download what is shown (CSV)");
    const link = element("a", {}, "Link to this view");
    const key = element("p", { class: "cs-explorer-key" });
    place.append(controls, title, key, views, table, element("p", { class: "cs-links" }, take, " ", link),
      element("p", { class: "cs-under" }, `Source: ${data.source}.`));

    function read() {
      const asked = new URLSearchParams(location.hash.slice(1));
      for (const key of ["area", "beside"]) if (at.has(asked.get(key))) state[key] = asked.get(key);
      if (measures.has(asked.get("measure"))) state.measure = asked.get("measure");
      if (Number(asked.get("year"))) state.year = Number(asked.get("year"));
    }

    function address() {
      return `#${new URLSearchParams(state)}`;
    }

    function panel(heading, words, width, height, ...parts) {
      const picture = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words }, ...parts);
      return element("section", {}, element("h3", {}, heading), picture);
    }

    function kindOf(name) {
      return name === state.area ? "is-area" : name === state.beside ? "is-beside" : "";
    }

    function named(mark, name) {
      mark.append(draw("title", {}, `${name}: ${written(value(name))}`));
      mark.addEventListener("click", () => {
        state.area = name;
        show();
      });
      return mark;
    }

    function map() {
      const known = local.map((name) => value(name)).filter((one) => one !== null).sort((a, b) => a - b);
      const edges = Array.from({ length: SHADES - 1 }, (_, place) => known[Math.floor(known.length * (place + 1) / SHADES)]);
      const parts = [];
      const seen = {};
      for (const name of local) {
        const [column, row, across] = REGIONS[regionOf.get(name)] || [12, 0, 5];
        const place = seen[regionOf.get(name)] = (seen[regionOf.get(name)] ?? -1) + 1;
        const now = value(name);
        const shade = now === null ? "none" : edges.filter((edge) => now >= edge).length;
        parts.push(named(draw("rect", {
          x: (column + place % across) * 18 + 1, y: (row + Math.floor(place / across)) * 18 + 16, width: 16, height: 16,
          class: `cs-tile cs-shade-${shade} ${kindOf(name)}`,
        }), name));
      }
      for (const [region, [column, row]] of Object.entries(REGIONS)) {
        parts.push(draw("text", { x: column * 18 + 1, y: row * 18 + 11, class: "cs-small-text" }, region));
      }
      // What is chosen is drawn last, so that its frame is whole.
      parts.sort((a, b) => (a.getAttribute("class").includes("is-") ? 1 : 0) - (b.getAttribute("class").includes("is-") ? 1 : 0));
      const words = `Map of tiles, one an authority, by region, in ${SHADES} groups from low to high.`;
      return panel(`Map, ${state.year}`, words, 346, 348, ...parts);
    }

    function trend() {
      const shown = [...new Set(["England", state.beside, state.area])].filter((name) => at.has(name));
      const all = shown.flatMap((name) => years().map((year) => value(name, year))).filter((one) => one !== null);
      const [first, last] = [years()[0], years().at(-1)];
      const top = Math.max(...all, 0) * 1.06 || 1;
      const x = (year) => 34 + (year - first) / Math.max(1, last - first) * 296;
      const y = (number) => 290 - number / top * 270;
      const parts = [];
      const step = 10 ** Math.floor(Math.log10(top / 2)) * (top / 10 ** Math.floor(Math.log10(top / 2)) > 10 ? 5 : 2);
      for (let tick = 0; tick <= top; tick += step) {
        parts.push(draw("line", { x1: 34, x2: 330, y1: y(tick), y2: y(tick), class: "cs-grid" }),
          draw("text", { x: 30, y: y(tick) + 4, "text-anchor": "end", class: "cs-small-text" }, tick.toLocaleString("en-GB")));
      }
      for (const year of new Set([first, Math.round((first + last) / 2), last])) {
        parts.push(draw("text", { x: x(year), y: 308, "text-anchor": year === last ? "end" : year === first ? "start" : "middle", class: "cs-small-text" }, String(year)));
      }
      for (const name of shown) {
        let path = "";
        for (const year of years()) {
          const now = value(name, year);
          if (now !== null) path += `${path && value(name, year - 1) !== null ? "L" : "M"}${x(year).toFixed(1)},${y(now).toFixed(1)}`;
        }
        const kind = kindOf(name) || "is-england";
        if (path) parts.push(draw("path", { d: path, class: `cs-line ${kind}` }, draw("title", {}, name)));
        for (const year of years()) {
          const now = value(name, year);
          if (now !== null) parts.push(draw("circle", { cx: x(year), cy: y(now), r: 3, class: `cs-dot ${kind}` }, draw("title", {}, `${name}, ${year}: ${written(now)}`)));
        }
      }
      return panel("Through time", `Line chart of ${shown.join(", ")}, ${first} to ${last}.`, 346, 348, ...parts);
    }

    function distribution() {
      const known = local.filter((name) => value(name) !== null);
      const all = known.map((name) => value(name));
      const [low, high] = [Math.min(...all), Math.max(...all)];
      const x = (number) => 12 + (number - low) / (high - low || 1) * 320;
      const heights = {};
      const parts = [];
      for (const name of [...known].sort((a, b) => value(a) - value(b))) {
        const cell = Math.round(x(value(name)) / 9);
        heights[cell] = (heights[cell] ?? 0) + 1;
        parts.push(named(draw("circle", { cx: cell * 9, cy: 296 - heights[cell] * 9, r: kindOf(name) ? 6 : 4, class: `cs-dot ${kindOf(name)}` }), name));
      }
      parts.push(draw("line", { x1: 4, x2: 342, y1: 294, y2: 294, class: "cs-axis" }),
        draw("text", { x: 4, y: 310, class: "cs-small-text" }, written(low)),
        draw("text", { x: 342, y: 310, "text-anchor": "end", class: "cs-small-text" }, written(high)));
      parts.sort((a, b) => (a.getAttribute("class").includes("is-") ? 1 : 0) - (b.getAttribute("class").includes("is-") ? 1 : 0));
      const below = (name) => value(name) === null ? "" : ` ${all.filter((one) => one < value(name)).length} lie below ${name}.`;
      return panel(`All authorities, ${state.year}`, `Dots, one an authority, from ${written(low)} to ${written(high)}.${below(state.area)}`, 346, 348, ...parts);
    }

    function rows() {
      const shown = [...new Set([state.area, state.beside, "England"])].filter((name) => at.has(name));
      return [["Year", ...shown], ...years().map((year) => [year, ...shown.map((name) => value(name, year))])];
    }

    function figures() {
      const [head, ...body] = rows();
      const made = element("table", {});
      made.append(element("thead", {}, element("tr", {}, ...head.map((one) => element("th", { scope: "col", class: "num" }, String(one))))));
      made.append(element("tbody", {}, ...body.map(([year, ...found]) => element("tr", {},
        element("th", { scope: "row", class: "num" }, String(year)), ...found.map((one) => element("td", { class: "num" }, written(one)))))));
      return made;
    }

    function show() {
      const has = years();
      if (!has.includes(state.year)) state.year = has.at(-1);
      picks.year.replaceChildren(...has.map((year) => element("option", { value: year }, String(year))));
      for (const [key, select] of Object.entries(picks)) select.value = state[key];
      const said = (name) => `${name} ${written(value(name))}`;
      title.textContent = `${measure().title}, ${state.year}: ${said(state.area)}, ${said(state.beside)} (${measure().unit})`;
      key.replaceChildren(...[...new Set([state.area, state.beside, "England"])].map((name) =>
        element("span", { class: `cs-key ${kindOf(name) || "is-england"}` }, name)), "On the map, the darker the higher.");
      views.replaceChildren(map(), trend(), distribution());
      table.replaceChildren(figures());
      const quoted = (cell) => `"${String(cell ?? "").replaceAll('"', '""')}"`;
      const head = [`${measure().title} (${measure().unit})`, `Source: ${data.source}`];
      take.href = `data:text/csv;charset=utf-8,${encodeURIComponent([head, ...rows()].map((row) => row.map(quoted).join(",")).join("\r\n"))}`;
      take.download = `${state.measure}-${state.area}-${state.beside}.csv`.toLowerCase().replace(/[^a-z0-9.]+/g, "-");
      link.href = address();
      try {
        history.replaceState(null, "", address());
      } catch (error) {
        // Some browsers forbid it in a folder of files; the link has the address too.
      }
    }

    addEventListener("hashchange", () => {
      read();
      show();
    });
    read();
    show();
    document.documentElement.classList.add("has-explorer");
  };

  const script = document.createElement("script");
  script.src = place.dataset.explorer;
  document.head.append(script);
})();
