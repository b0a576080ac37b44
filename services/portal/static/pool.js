// The dispatcher's desk by keyboard: 1 to 5 take a suggestion, / looks for a unit.
"use strict";

(() => {
  const one = (selector) => document.querySelector(selector);
  const taken = (key) => one(`[data-take="${key}"]`);

  const take = (radio) => {
    radio.checked = true;
    radio.focus(); // Enter in it sends its form
  };

  const look = () => {
    const unit = one("[data-unit] input, [data-unit] select");
    if (unit) unit.focus();
  };

  // Before the keys of every desk, for one of which / finds cases.
  document.addEventListener(
    "keydown",
    (event) => {
      const typing = event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea");
      if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
      const radio = /^[1-5]$/.test(event.key) && taken(event.key);
      if (!radio && event.key !== "/") return;
      event.preventDefault();
      event.stopPropagation();
      if (radio) take(radio);
      else look();
    },
    true,
  );

  // Who chooses another unit takes none that was suggested.
  document.addEventListener("change", (event) => {
    if (!event.target.closest("[data-unit] select") || !event.target.value) return;
    document.querySelectorAll("[data-take]").forEach((radio) => {
      radio.checked = false;
    });
  });

  const count = () => {
    const chosen = document.querySelectorAll("[data-chosen]:checked").length;
    document.querySelectorAll("[data-count]").forEach((place) => {
      place.textContent = chosen ? String(chosen) : "";
    });
  };
  document.addEventListener("change", count);
  document.addEventListener("htmx:load", count);
})();
