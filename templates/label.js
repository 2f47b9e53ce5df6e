"use strict";
// Everything is readable without this script; it sorts and filters what is already there.

const LONG = 10;

function amount(cell) {
  const text = cell.dataset.v ?? cell.textContent.trim().replaceAll(",", "");
  return text === "" ? NaN : Number(text);
}

function compare(column, numbers, sign) {
  return (first, second) => {
    const [a, b] = [first.cells[column], second.cells[column]];
    if (!numbers) return sign * a.textContent.localeCompare(b.textContent);
    const [x, y] = [amount(a), amount(b)];
    if (isNaN(x) || isNaN(y)) return isNaN(x) - isNaN(y);
    return sign * (x - y);
  };
}

function sortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const numbers = !head.classList.contains("t");
      const first = numbers ? "descending" : "ascending";
      const other = numbers ? "ascending" : "descending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const body = table.tBodies[0];
      body.append(...[...body.rows].sort(compare(column, numbers, sign)));
    });
  });
}

function filterable(before, entries, name) {
  if (entries.length <= LONG) return;
  const bar = document.createElement("div");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const shown = document.createElement("output");
  bar.className = "filter";
  input.type = "search";
  label.append("Filter ", input);
  input.setAttribute("aria-label", `Filter ${name}`);
  bar.append(label, shown);
  before.before(bar);
  const texts = entries.map((entry) => entry.textContent.toLowerCase());
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    let count = 0;
    entries.forEach((entry, number) => {
      entry.hidden = !texts[number].includes(wanted);
      count += !entry.hidden;
    });
    shown.textContent = wanted === "" ? "" : `${count} of ${entries.length}`;
  });
}

for (const block of document.querySelectorAll(".table")) {
  const table = block.querySelector("table");
  sortable(table);
  const title = block.querySelector("h4");
  filterable(title.nextElementSibling, [...table.tBodies[0].rows], title.textContent);
}
for (const block of document.querySelectorAll(".gallery")) {
  const title = block.querySelector("h4");
  filterable(title.nextElementSibling, [...block.querySelectorAll("li")], title.textContent);
}

const folded = document.querySelectorAll("details");
window.addEventListener("beforeprint", () => folded.forEach((each) => { each.open = true; }));
