// The place of a photograph: by the device, by a click on the plan, or by its arrow keys.
"use strict";

(() => {
  const form = document.querySelector("form[data-file]");
  const plan = form.querySelector("[data-plan]");
  const where = form.querySelector("[data-where]");
  const locate = form.querySelector("[data-locate]");
  const { lat, lon, near, file } = form.elements;

  const shot = form.querySelector("[data-shot]");
  file.addEventListener("change", () => {
    const chosen = file.files[0];
    shot.hidden = true;
    if (!chosen) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      shot.src = reader.result;
      shot.hidden = false;
    });
    reader.readAsDataURL(chosen);
  });

  const sides = plan ? plan.dataset.plan.split(",").map(Number) : null;
  const pin = plan && plan.querySelector(".pin");

  const show = () => {
    if (!plan || !lat.value) return;
    const [south, west, north, east] = sides;
    const x = (Number(lon.value) - west) / (east - west);
    const y = (north - Number(lat.value)) / (north - south);
    const there = x >= 0 && x <= 1 && y >= 0 && y <= 1;
    pin.toggleAttribute("hidden", !there);
    pin.style.setProperty("left", `${x * 100}%`);
    pin.style.setProperty("top", `${y * 100}%`);
    where.textContent = plan.dataset.there.replace("{lat}", lat.value).replace("{lon}", lon.value);
  };

  const put = (north, east) => {
    lat.value = north.toFixed(5);
    lon.value = east.toFixed(5);
    near.value = "";
    show();
  };

  if (plan) {
    const [south, west, north, east] = sides;
    const inside = (value, least, most) => Math.min(Math.max(value, least), most);
    const picture = plan.querySelector("img");
    plan.hidden = false;
    plan.addEventListener("click", (event) => {
      const box = picture.getBoundingClientRect();
      const right = (event.clientX - box.left) / box.width;
      const down = (event.clientY - box.top) / box.height;
      put(north - down * (north - south), west + right * (east - west));
    });
    const ways = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
    plan.addEventListener("keydown", (event) => {
      const way = ways[event.key];
      if (!way) return;
      event.preventDefault();
      const step = event.shiftKey ? 0.05 : 0.005;
      const fromLat = lat.value ? Number(lat.value) : (south + north) / 2;
      const fromLon = lon.value ? Number(lon.value) : (west + east) / 2;
      put(
        inside(fromLat + way[0] * step * (north - south), south, north),
        inside(fromLon + way[1] * step * (east - west), west, east),
      );
    });
  }

  near.addEventListener("change", () => {
    lat.value = lon.value = where.textContent = "";
    if (pin) pin.toggleAttribute("hidden", true);
  });

  if (navigator.geolocation && window.isSecureContext) {
    locate.hidden = false;
    locate.addEventListener("click", () => {
      where.textContent = locate.dataset.asking;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          put(coords.latitude, coords.longitude);
          if (!plan) where.textContent = `${lat.value}, ${lon.value}`;
        },
        () => (where.textContent = locate.dataset.denied),
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
  }
  show();
})();
