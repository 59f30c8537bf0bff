// Runs before the page is drawn, so that a chosen theme does not flash.
(() => {
  try {
    const chosen = localStorage.getItem("care-study-theme");
    if (chosen) document.documentElement.dataset.theme = chosen;
  } catch (error) {
    // Storage may be forbidden; the page then follows the system.
  }
})();
