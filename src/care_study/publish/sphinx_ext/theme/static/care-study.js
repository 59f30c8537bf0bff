// Everything here adds to a page that is complete without it.
(() => {
  "use strict";
  const own = document.currentScript;
  const root = document.documentElement;

  function isDark() {
    if (root.dataset.theme) return root.dataset.theme === "dark";
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function themeButton() {
    const button = document.querySelector(".cs-theme");
    const label = () => { button.textContent = isDark() ? "Light page" : "Dark page"; };
    button.hidden = false;
    label();
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      label();
      try {
        localStorage.setItem("care-study-theme", root.dataset.theme);
      } catch (error) {
        // The choice then lasts for this page only.
      }
    });
  }

  function codeSwitch() {
    const place = document.querySelector(".cs-code-switch");
    if (!place) return;
    const button = place.firstElementChild;
    const pieces = document.querySelectorAll("details.cs-code");
    const show = () => {
      const shown = root.dataset.code === "shown";
      button.setAttribute("aria-pressed", String(shown));
      for (const piece of pieces) piece.open = shown;
    };
    place.hidden = false;
    show();
    button.addEventListener("click", () => {
      root.dataset.code = root.dataset.code === "shown" ? "hidden" : "shown";
      show();
      try {
        localStorage.setItem("care-study-code", root.dataset.code);
      } catch (error) {
        // The choice then lasts for this page only.
      }
    });
  }

  // Notes of facts show on hover and focus by style alone. Escape hides them; a first tap shows
  // the note, a second follows the link.
  function factNotes() {
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const fact of document.querySelectorAll(".fact:hover, .fact:focus-within")) {
        fact.classList.add("dismissed");
        const back = () => fact.classList.remove("dismissed");
        fact.addEventListener("mouseleave", back, { once: true });
        fact.addEventListener("focusout", back, { once: true });
      }
    });
    let touched = null;
    document.addEventListener("pointerdown", (event) => {
      const link = event.target.closest?.(".fact-number");
      touched = event.pointerType === "touch" && link !== document.activeElement ? link : null;
    });
    document.addEventListener("click", (event) => {
      if (touched && event.target.closest?.(".fact-number") === touched) {
        event.preventDefault();
        touched.focus();
      }
      touched = null;
    });
  }

  // A part of a chart that has a name shows it when pointed at, tapped, or reached by arrow keys.
  function chartNames() {
    const tip = document.createElement("p");
    tip.className = "cs-tip";
    tip.hidden = true;
    document.querySelector("main").append(tip);
    let marked = null;
    const hide = () => {
      tip.hidden = true;
      marked?.classList.remove("cs-marked");
      marked = null;
    };
    const name = (part) => {
      hide();
      marked = part;
      part.classList.add("cs-marked");
      tip.textContent = part.querySelector("title").textContent;
      tip.hidden = false;
    };
    const stand = (x, y) => {
      const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
      tip.style.left = `${Math.max(8, Math.min(x + 12, room)) + scrollX}px`;
      tip.style.top = `${Math.max(8, y - tip.offsetHeight - 12) + scrollY}px`;
    };
    for (const picture of document.querySelectorAll(".cs-picture")) {
      if (!picture.querySelector("path > title")) continue;
      const parts = () => [...picture.querySelectorAll("path:has(> title)")].filter((part) => part.getClientRects().length);
      const said = document.createElement("p");
      said.className = "cs-unseen";
      said.setAttribute("role", "status");
      picture.after(said);
      picture.tabIndex = 0;
      picture.setAttribute("role", "group");
      picture.setAttribute("aria-label", "Chart. Arrow keys name its parts.");
      const point = (event) => {
        const part = event.target.closest?.("path:has(> title)");
        if (!part) return event.type === "pointermove" && hide();
        name(part);
        stand(event.clientX, event.clientY);
      };
      picture.addEventListener("pointermove", point);
      picture.addEventListener("pointerdown", point);
      picture.addEventListener("pointerleave", hide);
      picture.addEventListener("blur", hide);
      picture.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (event.key === "Escape") hide();
        if (!step) return;
        event.preventDefault();
        const all = parts();
        const at = all.indexOf(marked);
        const next = all[(at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step + all.length) % all.length];
        name(next);
        const box = next.getBoundingClientRect();
        stand(box.left + box.width / 2, box.top + box.height / 2);
        said.textContent = tip.textContent;
      });
    }
  }

  const places = new Map();

  // A figure's script calls this with its specification.
  window.careStudyFigure = (identity, spec) => {
    const place = places.get(identity);
    window.careStudyEmbed(place.live, fitted(spec, place.picture.clientWidth)).then(() => {
      place.picture.classList.add("is-live");
      place.button.remove();
      place.status.textContent = "The chart is now interactive.";
    });
  };

  function fitted(spec, width) {
    return typeof spec.width === "number" ? { ...spec, width: Math.min(spec.width, width) } : spec;
  }

  function load(address) {
    return new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = () => fail(new Error(`could not load ${address}`));
      document.head.append(script);
    });
  }

  function liveFigures() {
    for (const picture of document.querySelectorAll("[data-live]")) {
      const live = document.createElement("div");
      live.className = "cs-live";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Make this chart interactive";
      const status = document.createElement("p");
      status.className = "cs-status";
      status.setAttribute("role", "status");
      picture.append(live);
      picture.after(button, status);
      places.set(picture.closest("figure").id, { picture, live, button, status });
      button.addEventListener("click", async () => {
        button.disabled = true;
        status.textContent = "Loading…";
        try {
          if (!window.careStudyEmbed) await load(own.dataset.vega);
          await load(picture.dataset.live);
        } catch (error) {
          status.textContent = "The interactive chart could not be loaded; the picture stays.";
          button.disabled = false;
        }
      });
    }
  }

  // Type a name instead of looking through the list.
  function findAuthority() {
    const place = document.querySelector("[data-find]");
    if (!place) return;
    const links = [...place.querySelectorAll("details a")];
    const plain = (text) => text.toLowerCase().replace(/[^a-z]+/g, " ").trim();
    const label = document.createElement("label");
    const input = document.createElement("input");
    const hits = document.createElement("ul");
    const status = document.createElement("p");
    input.id = "find-authority-name";
    input.type = "search";
    input.autocomplete = "off";
    label.htmlFor = input.id;
    label.textContent = "Name of an authority";
    hits.className = "cs-find-hits";
    status.className = "cs-status";
    status.setAttribute("role", "status");
    const found = () => {
      const wanted = plain(input.value);
      return wanted ? links.filter((link) => ` ${plain(link.textContent)}`.includes(` ${wanted}`)) : [];
    };
    input.addEventListener("input", () => {
      const shown = found();
      hits.replaceChildren(...shown.slice(0, 8).map((link) => {
        const item = document.createElement("li");
        item.append(link.cloneNode(true));
        return item;
      }));
      status.textContent = input.value.trim() ? `${shown.length} found` : "";
    });
    input.addEventListener("keydown", (event) => {
      const [first] = found();
      if (event.key === "Enter" && first) location.href = first.href;
    });
    place.prepend(label, input, hits, status);
  }

  findAuthority();
  chartNames();
  themeButton();
  factNotes();
  codeSwitch();
  liveFigures();
})();
