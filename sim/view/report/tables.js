"use strict";
// Tables that sort by the buttons in their heads and show the rows a word finds. Without this they stand as they are.
const value = (text) => {
  const plain = text.replace(/,/g, "").replace("\u2212", "-").replace("\u221e", "Infinity");
  return /^-?(\d|Infinity)[\d.]*( \[| to | \/ |$)/.test(plain) ? parseFloat(plain) : NaN;
};
const text = (row, n) => row.cells[n].textContent;

function sort(table, n, up) {
  const rows = [...table.tBodies[0].rows];
  const cells = rows.map((row) => text(row, n)).filter((cell) => !["", "\u2013"].includes(cell));
  const figures = cells.every((cell) => !isNaN(value(cell)));
  const compare = (a, b) => {
    if (!figures) return text(a, n).localeCompare(text(b, n), "en", { numeric: true });
    const [x, y] = [value(text(a, n)), value(text(b, n))];
    return isNaN(x) || isNaN(y) ? (isNaN(x) - isNaN(y)) * (up ? 1 : -1) : x - y; // what has no figure comes last
  };
  table.tBodies[0].append(...rows.sort((a, b) => (up ? 1 : -1) * compare(a, b)));
  [...table.tHead.rows[0].cells].forEach((cell, k) => {
    if (k === n) cell.setAttribute("aria-sort", up ? "ascending" : "descending");
    else cell.removeAttribute("aria-sort");
  });
}

function sortable(table) {
  [...table.tHead.rows[0].cells].forEach((cell, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...cell.childNodes);
    button.addEventListener("click", () => sort(table, n, cell.getAttribute("aria-sort") !== "ascending"));
    cell.append(button);
  });
}

function searchable(figure, table) {
  const rows = [...table.tBodies[0].rows];
  const label = document.createElement("label");
  const box = document.createElement("input");
  const said = document.createElement("span");
  box.type = "search";
  said.setAttribute("role", "status");
  label.append("Search rows ", box);
  const find = () => {
    const words = box.value.toLowerCase().split(/\s+/);
    rows.forEach((row) => (row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word))));
    said.textContent = box.value ? ` ${rows.filter((row) => !row.hidden).length} of ${rows.length} rows` : "";
  };
  box.addEventListener("input", find);
  const line = document.createElement("p");
  line.className = "find";
  line.append(label, said);
  figure.querySelector(".scroll").before(line);
}

for (const figure of document.querySelectorAll("figure.table")) {
  const table = figure.querySelector("table");
  if (table.tBodies[0].rows.length < 2) continue;
  sortable(table);
  if (table.tBodies[0].rows.length > 8) searchable(figure, table);
}
