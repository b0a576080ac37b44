// The wall: one panel at a time, in turn. Without it all panels stand below each other.
"use strict";

(() => {
  const tools = document.querySelector("[data-seconds]");
  const pause = tools.querySelector("[data-pause]");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let at = 0;
  let turning = !still.matches;

  const panels = () => [...document.querySelectorAll("[data-panel]")];

  const show = (n) => {
    const all = panels();
    at = (n + all.length) % all.length;
    all.forEach((panel, place) => panel.classList.toggle("shown", place === at));
    document.dispatchEvent(new Event("board:shown"));
  };

  const word = () => {
    pause.textContent = turning ? pause.dataset.stop : pause.dataset.go;
  };

  const toggle = () => {
    turning = !turning;
    word();
  };

  document.body.classList.add("in-turn");
  tools.querySelectorAll("button").forEach((button) => (button.hidden = false));
  tools.querySelectorAll("[data-turn]").forEach((button) => {
    button.addEventListener("click", () => show(at + Number(button.dataset.turn)));
  });
  pause.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("button, a, summary")) return;
    if (event.key === "ArrowRight") show(at + 1);
    if (event.key === "ArrowLeft") show(at - 1);
    if (event.key === " ") {
      event.preventDefault();
      toggle();
    }
  });
  still.addEventListener("change", () => {
    turning = !still.matches;
    word();
  });
  document.addEventListener("board:renewed", () => show(at));
  word();
  show(0);
  setInterval(() => turning && show(at + 1), Number(tools.dataset.seconds) * 1000);
})();
