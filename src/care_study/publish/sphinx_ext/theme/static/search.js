// Search in the reader's browser, from a server or from a folder of files.
(() => {
  "use strict";
  const MOST = 40, AROUND = 110;
  const KINDS = {
    authority: "Authority", chapter: "Page", section: "Section", row: "Statement", entry: "Entry",
    chart: "Chart", table: "Table",
  };
  const box = document.querySelector("#search-query");
  const status = document.querySelector("#search-progress");
  const list = document.querySelector("#search-results");

  // Numbers stay whole, so that 5.4% and 1,069 are found as they are written.
  function tokens(text) {
    const found = text.toLowerCase().match(/\d[\d,]*(?:\.\d+)?%?|[\p{L}\p{N}_]+/gu) || [];
    return found.flatMap((one) => {
      if (!/^\d/.test(one)) return one.includes("_") ? [one, ...one.split("_")] : [one];
      const plain = one.replace(/,/g, "");
      return plain.endsWith("%") ? [plain, plain.slice(0, -1)] : [plain];
    });
  }

  const index = new MiniSearch({
    fields: ["title", "page", "text"],
    tokenize: tokens,
    processTerm: (term) => term.replace(/[’']s?$/u, "") || null,
    searchOptions: {
      boost: { title: 4, page: 1.5 },
      boostDocument: (_, __, stored) => ({ authority: 1.6, chapter: 1.4, section: 1.2, entry: 0.8 })[stored.kind] || 1,
      combineWith: "AND",
      prefix: (term) => term.length > 2 && !/\d/.test(term),
      fuzzy: (term) => (/\d/.test(term) || term.length < 4 ? false : term.length < 8 ? 1 : 2),
      weights: { fuzzy: 0.2, prefix: 0.5 },
    },
    storeFields: ["kind"],
  });
  let all = [];

  window.careStudySearch = (rows) => {
    all = rows.map(([title, page, address, kind, text], id) => ({ id, title, page, address, kind, text }));
    index.addAll(all);
    const asked = new URLSearchParams(location.search).get("q") || "";
    box.value = asked;
    show(asked);
  };

  function find(asked) {
    const strict = index.search(asked);
    if (strict.length) return { hits: strict, loose: false };
    return { hits: index.search(asked, { combineWith: "OR" }), loose: true };
  }

  function show(asked) {
    list.replaceChildren();
    if (!asked.trim()) {
      status.textContent = "";
      return;
    }
    const { hits, loose } = find(asked);
    status.textContent = said(hits.length, asked, loose);
    list.append(...hits.slice(0, MOST).map((hit) => item(all[hit.id], hit.terms)));
  }

  function said(count, asked, loose) {
    if (!count) return `Nothing was found for “${asked}”. Try fewer or other words, or the contents.`;
    const many = count > MOST ? `the first ${MOST} of ${count} places` : count === 1 ? "1 place" : `${count} places`;
    return loose ? `No place has all of “${asked}”; ${many} with some of it:` : `Found ${many} for “${asked}”:`;
  }

  function item(entry, terms) {
    const made = document.createElement("li");
    const link = document.createElement("a");
    link.href = entry.address;
    link.append(...marked(entry.title, terms));
    const where = document.createElement("p");
    where.className = "cs-found-where";
    where.textContent = entry.page === entry.title ? KINDS[entry.kind] : `${KINDS[entry.kind]} in: ${entry.page}`;
    const text = document.createElement("p");
    text.append(...marked(excerpt(entry.text, terms), terms));
    made.append(link, where, text);
    return made;
  }

  function pattern(terms) {
    const safe = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/^(\d)(\d{3})\b/, "$1,?$2"));
    return new RegExp(`(?<![\\p{L}\\p{N}.,])(?:${safe.sort((a, b) => b.length - a.length).join("|")})`, "giu");
  }

  // The words around the first place where most of the terms stand close together.
  function excerpt(text, terms) {
    const places = [...text.matchAll(pattern(terms))].map((match) => match.index);
    if (!places.length) return text.length > 2 * AROUND ? `${text.slice(0, 2 * AROUND)}…` : text;
    const near = (at) => places.filter((other) => Math.abs(other - at) < AROUND).length;
    const best = places.reduce((one, other) => (near(other) > near(one) ? other : one));
    const from = Math.max(0, text.lastIndexOf(" ", Math.max(0, best - AROUND)) + 1);
    const to = Math.min(text.length, best + AROUND);
    return `${from ? "… " : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
  }

  function marked(text, terms) {
    const parts = [];
    let at = 0;
    for (const match of text.matchAll(pattern(terms))) {
      if (!match[0]) continue;
      parts.push(text.slice(at, match.index));
      const mark = document.createElement("mark");
      mark.textContent = match[0];
      parts.push(mark);
      at = match.index + match[0].length;
    }
    return [...parts, text.slice(at)];
  }

  box.closest("form").addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      history.replaceState(null, "", `?q=${encodeURIComponent(box.value)}`);
    } catch (error) {
      // Some browsers forbid it for a file; the results are there all the same.
    }
    show(box.value);
  });
})();
