// The wall board: a chart drawn from its own table, and a word to those who listen, on change only.
"use strict";

(() => {
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let chart = null;
  let tableOpen = false;
  let drawn = false;

  const rowsOf = (table) =>
    [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));

  const line = (name, values, colour, dash) => ({
    name,
    type: "line",
    data: values,
    symbolSize: 8,
    lineStyle: { width: 3, color: colour, type: dash },
    itemStyle: { color: colour },
  });

  const draw = () => {
    const place = document.querySelector("[data-chart]");
    const table = document.querySelector("[data-chart-table] table");
    if (!window.echarts || !place || !table) return;
    const rows = rowsOf(table);
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    const text = { color: token("--ink-soft"), fontSize: 16 };
    place.hidden = false;
    table.parentElement.open = tableOpen;
    table.parentElement.addEventListener("toggle", (event) => (tableOpen = event.target.open));
    if (chart) chart.dispose();
    chart = window.echarts.init(place);
    chart.setOption({
      animation: !still.matches && !drawn,
      textStyle: { fontFamily: token("--font") },
      grid: { left: 44, right: 16, top: 44, bottom: 32 },
      legend: { top: 0, textStyle: text, data: heads.slice(1) },
      tooltip: { trigger: "axis", renderMode: "richText" },
      xAxis: { type: "category", data: rows.map((row) => row[0]), axisLabel: text },
      yAxis: {
        type: "value",
        minInterval: 1,
        axisLabel: text,
        splitLine: { lineStyle: { color: token("--line") } },
      },
      series: [
        line(heads[1], rows.map((row) => Number(row[1])), token("--accent"), "solid"),
        line(heads[2], rows.map((row) => Number(row[2])), token("--edge"), "dashed"),
        line(heads[3], rows.map((row) => Number(row[3])), token("--ink-soft"), "dotted"),
      ],
    });
    drawn = true;
  };

  const announce = () => {
    const told = document.querySelector("[data-announce]");
    const summary = document.querySelector("[data-summary]").dataset.summary;
    if (told.textContent !== summary) told.textContent = summary;
  };

  const refresh = () => {
    draw();
    announce();
  };

  refresh();
  document.addEventListener("htmx:afterSwap", refresh);
  window.addEventListener("resize", () => chart && chart.resize());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  if (!window.htmx) setTimeout(() => location.reload(), 15000);
})();
