// What Grafana's front end has drawn: every panel on the page, its row, its title, its legend, its marks.
() => {
  const text = (one, prefix) => one.dataset.testid.slice(prefix.length);
  const ROW = "data-testid dashboard-row-title-";
  const PANEL = "data-testid Panel header ";
  const all = (root, prefix) => [...root.querySelectorAll(`[data-testid^="${prefix}"]`)];
  const rows = all(document, ROW).map((one) => ({ title: text(one, ROW), y: one.getBoundingClientRect().top + scrollY }));

  // the part of an element that is seen within everything that clips it, up to its panel
  const seen = (element, panel) => {
    const box = { right: Infinity, bottom: Infinity };
    for (let one = element.parentElement; one && one !== panel; one = one.parentElement) {
      if (/auto|scroll|hidden/.test(getComputedStyle(one).overflow)) {
        const own = one.getBoundingClientRect();
        box.right = Math.min(box.right, own.right);
        box.bottom = Math.min(box.bottom, own.bottom);
      }
    }
    return box;
  };
  const cut = (icon, panel) => {
    const line = icon.closest("tr") || icon.closest("li") || icon.parentElement;
    const end = line.tagName === "TR" ? line.lastElementChild : line.querySelector("button") || line;
    const box = seen(line, panel);
    return line.getBoundingClientRect().bottom > box.bottom + 1.5 || end.getBoundingClientRect().right > box.right + 1.5;
  };

  // panels are made when they come into view; their places are there before
  const ends = [...document.querySelectorAll(".react-grid-item")].map((one) => one.getBoundingClientRect().bottom + scrollY);

  return {
    rows,
    end: Math.max(0, ...ends),
    panels: all(document, PANEL).map((one) => {
      const place = one.getBoundingClientRect();
      const plot = one.querySelector(".u-over");
      const graph = plot && !one.querySelector('[data-testid^="data-testid Bar gauge"], [class*="stat"]');
      const icons = [...one.querySelectorAll('[data-testid="series-icon"]')];
      const y = place.top + scrollY;
      return {
        title: text(one, PANEL),
        row: rows.filter((row) => row.y <= y).map((row) => row.title).pop() || "",
        top: y,
        bottom: place.bottom + scrollY,
        height: place.height,
        plot: graph && icons.length ? plot.getBoundingClientRect().height : 0,
        lines: icons.length,
        cut: icons.filter((icon) => cut(icon, one)).length,
        title_cut: [...one.querySelectorAll("h2, h6")].some((title) => title.scrollWidth > title.clientWidth + 1),
        marks: all(one, "data-testid annotation-marker").length,
        error: all(one, "data-testid Panel status error").length > 0,
        empty: /^\s*no data\s*$/im.test(one.innerText),
      };
    }),
  };
}
