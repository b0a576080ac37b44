// The board of limits: charts drawn from its tables, and numbers that come by themselves.
// Without it the page has the same numbers and is fetched anew each minute.
"use strict";

(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const token = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const MOST_BARS = 12;
  const AGAIN_MS = 60000;
  const REFUSED_MS = 15000;
  let charts = [];
  let unfolded = false;

  // ---- charts ----

  const colours = () => ({
    green: token("--green"),
    yellow: token("--yellow-fill"),
    red: token("--red"),
    "": token("--edge"),
  });

  const columnsOf = (table) =>
    [...table.tHead.rows[0].cells].slice(1).map((cell, n) => ({
      lamp: cell.dataset.lamp || "",
      name: cell.textContent.trim(),
      at: n + 1,
    }));

  const seriesOf = (columns, rows) => {
    const colour = colours();
    const background = token("--surface");
    return columns
      .filter((column) => column.lamp)
      .map((column) => ({
        name: column.name,
        type: "bar",
        stack: "all",
        barMaxWidth: 40,
        itemStyle: { color: colour[column.lamp], borderColor: background, borderWidth: 1 },
        data: rows.map((row) => Number(row.cells[column.at].textContent) || "-"),
      }));
  };

  const optionOf = (place, columns, rows) => {
    const far = document.body.classList.contains("wall");
    const text = { color: token("--ink-soft"), fontSize: far ? 20 : 14 };
    const room = far ? 300 : 130;
    const lies = place.dataset.draw === "bars";
    const titles = rows.map((row) => row.cells[0].firstChild.textContent.trim());
    const values = {
      type: "value",
      minInterval: 1,
      axisLabel: text,
      splitLine: { lineStyle: { color: token("--line") } },
    };
    const names = {
      type: "category",
      data: titles,
      inverse: lies,
      axisTick: { show: false },
      axisLabel: { ...text, width: lies ? room : undefined, overflow: lies ? "truncate" : "none" },
    };
    return {
      animation: false,
      aria: { enabled: true, decal: { show: true } },
      textStyle: { fontFamily: token("--font") },
      grid: { left: lies ? room + 12 : 40, right: 24, top: 40, bottom: far ? 40 : 28 },
      legend: { top: 0, textStyle: text },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText" },
      xAxis: lies ? values : names,
      yAxis: lies ? names : values,
      series: seriesOf(columns, rows),
    };
  };

  const draw = (place) => {
    const table = one("table", place.parentElement);
    const fold = one("[data-fold]", place.parentElement);
    if (fold && !fold.dataset.heard) {
      fold.open = unfolded;
      fold.dataset.heard = "yes";
      fold.addEventListener("toggle", () => (unfolded = fold.open));
    }
    const rows = [...table.tBodies[0].rows].slice(0, place.dataset.draw === "bars" ? MOST_BARS : 99);
    const columns = columnsOf(table);
    place.hidden = false;
    const chart = window.echarts.init(place);
    chart.setOption(optionOf(place, columns, rows));
    // A segment leads where its number leads; who uses no mouse has the number itself.
    chart.on("click", (event) => {
      const column = columns.filter((each) => each.lamp)[event.seriesIndex];
      const link = one("a", rows[event.dataIndex].cells[column.at]);
      if (link) location.assign(link.href);
    });
    charts.push(chart);
  };

  const drawAll = () => {
    charts.forEach((chart) => chart.dispose());
    charts = [];
    if (!window.echarts) return;
    // What is not shown has no size: it is drawn when its turn comes.
    all("[data-draw]").filter((place) => place.parentElement.offsetParent).forEach(draw);
  };

  // ---- numbers that come by themselves ----

  let source = null;
  let heard = Date.now();
  let ended = false;

  const page = () => one("[data-live]");

  const fetchAnew = () => {
    if (!window.htmx) return location.reload();
    return window.htmx.ajax("GET", page().dataset.again, {
      target: "[data-live]",
      select: "[data-live]",
      swap: "outerHTML",
    });
  };

  const show = (told) => {
    const places = new Map(all("[data-number]").map((place) => [place.dataset.number, place]));
    const gone = told.whole && [...places.keys()].some((key) => !(key in told.numbers));
    const unknown = Object.keys(told.numbers).some((key) => !places.has(key));
    if (gone || unknown) return fetchAnew();
    Object.entries(told.numbers).forEach(([key, text]) => {
      places.get(key).textContent = text;
    });
    const at = one("[data-at]");
    at.dateTime = told.at;
    at.textContent = told.at_words;
    page().dataset.state = told.state;
    return drawAll();
  };

  const say = (text) => {
    const place = one("[data-told]");
    if (place && place.textContent !== text) place.textContent = text;
  };

  const clock = (at) =>
    new Date(at).toLocaleTimeString("zh-CN", {
      timeZone: "Asia/Shanghai",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });

  const age = () => {
    const place = one("[data-age]");
    if (!place) return;
    const seconds = Math.floor((Date.now() - heard) / 1000);
    const words = page().dataset;
    const silent = seconds >= 45;
    document.body.classList.toggle("silent", silent || ended);
    const told = ended ? words.ended : silent ? words.silent : words.fresh || "";
    place.textContent = told.replace("{n}", seconds).replace("{since}", clock(heard));
  };

  const end = () => {
    source?.close();
    ended = true;
    say(page().dataset.ended);
    age();
  };

  const listen = () => {
    if (!window.EventSource || ended) return;
    source = new EventSource(`${page().dataset.stream}?last=${page().dataset.state}`);
    source.addEventListener("open", () => {
      // The server has what this page shows, or sends what is new at once.
      heard = Date.now();
    });
    source.addEventListener("numbers", (event) => {
      heard = Date.now();
      show(JSON.parse(event.data));
    });
    source.addEventListener("beat", () => {
      heard = Date.now();
    });
    source.addEventListener("end", end);
    source.addEventListener("error", () => {
      // A lost connection comes again by itself; of one that was refused a browser lets go.
      if (source.readyState === EventSource.CLOSED && !ended) setTimeout(listen, REFUSED_MS);
    });
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    // Whose session ended while the line was down is led to the sign-in page: no numbers are there.
    if (event.detail.serverResponse.includes("data-live")) return;
    event.detail.shouldSwap = false;
    if (event.detail.xhr.status < 400) end();
  });
  document.addEventListener("htmx:afterSwap", () => {
    heard = Date.now();
    drawAll();
    document.dispatchEvent(new Event("board:renewed"));
  });
  document.addEventListener("board:shown", drawAll);
  window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  drawAll();
  listen();
  setInterval(age, 1000);
  // Where no stream is to be had, refreshing takes its place.
  setInterval(() => {
    if (Date.now() - heard > AGAIN_MS && !ended) fetchAnew();
  }, AGAIN_MS);
})();
