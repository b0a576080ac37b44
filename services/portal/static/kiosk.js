// A kiosk that nobody touches asks, counts down and goes back to its start, where all is forgotten.
"use strict";

(() => {
  const asks = document.getElementById("idle");
  const left = asks.querySelector("[data-left]");
  const COUNT = 15;
  const rest = Number(asks.dataset.idle) - COUNT;
  const home = location.pathname === "/";
  let since = Date.now();

  const touched = () => {
    if (!asks.open) since = Date.now();
  };
  const stay = () => {
    asks.close();
    since = Date.now();
  };

  ["pointerdown", "keydown", "input", "wheel", "touchmove"].forEach((kind) => {
    document.addEventListener(kind, touched, { passive: true });
  });
  asks.querySelector("[data-stay]").addEventListener("click", stay);
  asks.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });

  // By the clock, not by counting ticks: a machine that slept has been idle all the same.
  setInterval(() => {
    const idle = (Date.now() - since) / 1000;
    if (home || idle < rest) return;
    if (!asks.open) asks.showModal();
    left.textContent = Math.max(0, Math.ceil(rest + COUNT - idle));
    if (idle >= rest + COUNT) location.replace("/");
  }, 500);

  // What one person typed is not for the next: no page comes back by the back button as it was.
  window.addEventListener("pageshow", (event) => event.persisted && location.replace("/"));
})();
