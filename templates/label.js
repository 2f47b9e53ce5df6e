"use strict";
// Everything is readable without this script; it sorts, filters and enlarges what is there.

const LONG = 10;

// The number of a cell as it is printed: 1,234 or 5.6% or <0.001%.
function amount(cell) {
  const text = cell.dataset.v ?? cell.textContent.trim().replace(/[,%<>]/g, "");
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
    button.append(...head.childNodes);
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
  let texts;
  input.addEventListener("input", () => {
    texts ??= entries.map((entry) => entry.textContent.toLowerCase());
    const wanted = input.value.trim().toLowerCase();
    let count = 0;
    entries.forEach((entry, number) => {
      entry.hidden = !texts[number].includes(wanted);
      count += !entry.hidden;
    });
    shown.textContent = wanted === "" ? "" : `${count} of ${entries.length}`;
    for (const folded of bar.parentElement.querySelectorAll("details")) folded.open = wanted !== "";
  });
}

// A picture of a gallery, enlarged: Escape closes it, the arrow keys go on to the next.
function zoomable(pictures) {
  if (!pictures.length) return;
  const dialog = document.createElement("dialog");
  const picture = document.createElement("img");
  const words = document.createElement("p");
  const bar = document.createElement("div");
  const buttons = ["Previous", "Next", "Close"].map((name) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    return button;
  });
  dialog.className = "larger";
  dialog.setAttribute("aria-label", "A picture, enlarged");
  bar.append(...buttons);
  dialog.append(picture, words, bar);
  document.body.append(dialog);

  const openers = [];
  let shown = 0;
  const visible = (at) => openers[at].checkVisibility();
  function show(at) {
    shown = at;
    picture.src = pictures[at].src;
    picture.alt = pictures[at].alt;
    const caption = pictures[at].closest("figure")?.querySelector("figcaption");
    words.textContent = (caption?.innerText ?? pictures[at].alt).trim();
  }
  function step(by) {
    for (let at = shown + by; at >= 0 && at < pictures.length; at += by) {
      if (visible(at)) return show(at);
    }
  }
  const [previous, next, close] = buttons;
  previous.addEventListener("click", () => step(-1));
  next.addEventListener("click", () => step(1));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => openers[shown].focus());
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(by);
  });
  pictures.forEach((each, at) => {
    const opener = document.createElement("button");
    opener.type = "button";
    opener.className = "zoom";
    each.replaceWith(opener);
    opener.append(each);
    openers.push(opener);
    opener.addEventListener("click", () => {
      show(at);
      dialog.showModal();
      close.focus();
    });
  });
}

for (const block of document.querySelectorAll(".table")) {
  const table = block.querySelector("table");
  sortable(table);
  filterable(block.querySelector(".scroll"), [...table.tBodies[0].rows], table.getAttribute("aria-label"));
}
for (const block of document.querySelectorAll(".gallery")) {
  const title = block.querySelector("h4");
  if (title) filterable(title.nextElementSibling, [...block.querySelectorAll("li")], title.textContent);
}
zoomable([...document.querySelectorAll(".gallery figure > img")]);

// Paper shows what is folded where that is marked as for paper, and folds it again afterwards.
const folded = [...document.querySelectorAll("details.paper:not([open])")];
for (const [moment, open] of [["beforeprint", true], ["afterprint", false]]) {
  window.addEventListener(moment, () => folded.forEach((each) => { each.open = open; }));
}
