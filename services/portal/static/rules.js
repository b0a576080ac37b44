// The load of each unit before and after a draft, drawn from the table beside it.
"use strict";

(() => {
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const charts = [];

  const rowsOf = (table) =>
    [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));

  const bars = (name, values, colour) => ({
    name,
    type: "bar",
    data: values,
    itemStyle: { color: colour },
  });

  const draw = () => {
    if (!window.echarts) return;
    charts.splice(0).forEach((chart) => chart.dispose());
    for (const place of document.querySelectorAll("[data-load-chart]")) {
      const table = place.parentElement.querySelector("[data-load-table] table");
      const rows = rowsOf(table)
        .sort((one, other) => Number(other[2]) - Number(one[2]))
        .slice(0, 12)
        .reverse();
      const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
      const text = { color: token("--ink-soft"), fontSize: 14 };
      place.hidden = false;
      const chart = window.echarts.init(place);
      chart.setOption({
        animation: !still.matches,
        textStyle: { fontFamily: token("--font") },
        grid: { left: 8, right: 24, top: 40, bottom: 8, containLabel: true },
        legend: { top: 0, textStyle: text, data: [heads[1], heads[2]] },
        tooltip: { trigger: "axis", renderMode: "richText" },
        xAxis: {
          type: "value",
          minInterval: 1,
          axisLabel: text,
          splitLine: { lineStyle: { color: token("--line") } },
        },
        yAxis: {
          type: "category",
          data: rows.map((row) => row[0]),
          axisLabel: { ...text, width: 120, overflow: "truncate" },
        },
        series: [
          bars(heads[1], rows.map((row) => Number(row[1])), token("--edge")),
          bars(heads[2], rows.map((row) => Number(row[2])), token("--accent")),
        ],
      });
      charts.push(chart);
    }
  };

  draw();
  window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
