// Runs before the page is drawn, so that a chosen theme does not flash, nor the code.
(() => {
  // With scripts, one switch a page shows the code; without, each piece of it can be unfolded.
  document.documentElement.dataset.code = "hidden";
  try {
    const chosen = localStorage.getItem("care-study-theme");
    if (chosen) document.documentElement.dataset.theme = chosen;
    document.documentElement.dataset.code = localStorage.getItem("care-study-code") || "hidden";
  } catch (error) {
    // Storage may be forbidden; the page then follows the system.
  }
})();
