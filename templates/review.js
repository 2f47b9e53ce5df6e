"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const WORDS = ["given", "suggested", "neither", "both", "unsure"];
const FORMULA = /^'*[=+\-@\t\r\n]/;
const LEAST = 384; // pixels of the longer side
const SMALL = 96;
const MUCH = 4; // enlarged so many times, an image is easier to recognize small
const PLACE = `labelaudit-review-${data.review}`;
const total = data.items.length;
const at = (id) => document.getElementById(id);
const reviewer = at("reviewer");
const buttons = [...document.querySelectorAll(".answer")];

let answers = new Array(total).fill("");
let past = [];
let current = 0;
let kept = true;
let unsaved = false;
let link = "";

// What stays between two visits, where the browser allows it.

function keep() {
  try {
    const words = answers.map((word) => WORDS.indexOf(word) + 1).join("");
    localStorage.setItem(PLACE, JSON.stringify({ reviewer: reviewer.value, words, current }));
  } catch {
    kept = false;
  }
}

function recall() {
  try {
    const before = JSON.parse(localStorage.getItem(PLACE));
    if (before === null || before.words.length !== total) return;
    answers = [...before.words].map((digit) => WORDS[digit - 1] ?? "");
    reviewer.value = before.reviewer;
    current = before.current;
  } catch {
    // A browser that keeps nothing starts anew; a saved file can be loaded.
  }
}

// CSV, as labelaudit writes and reads it.

function cell(text) {
  const safe = FORMULA.test(text) && !/^-\d+$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function written() {
  const name = reviewer.value.trim();
  const rows = data.items.map((item, number) => [data.review, ...item.cells, answers[number], name]);
  return [data.columns, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

function parsed(text) {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  const count = (mark) => header.split(mark).length;
  const mark = [",", ";", "\t"].reduce((best, each) => (count(each) > count(best) ? each : best));
  const rows = [[]];
  const cells = new RegExp(`(?:"((?:[^"]|"")*)"|([^"\\r\\n${mark}]*))(${mark}|\\r\\n|\\r|\\n|$)`, "y");
  while (cells.lastIndex < text.length) {
    const found = cells.exec(text);
    if (found === null) throw new Error("a quote is left open");
    const plain = found[1] === undefined ? found[2] : found[1].replaceAll('""', '"');
    const escaped = plain.startsWith("'") && FORMULA.test(plain);
    rows.at(-1).push(escaped ? plain.slice(1) : plain);
    if (found[3] !== mark) rows.push([]);
  }
  return rows.filter((row) => row.some((each) => each !== ""));
}

function load(text) {
  const [names, ...rows] = parsed(text.replace(/^\ufeff/, ""));
  const column = Object.fromEntries((names ?? []).map((name, number) => [name.trim(), number]));
  const missing = ["review", "content", "path", "verdict"].filter((name) => !(name in column));
  if (missing.length) throw new Error(`it has no column ${missing.join(", ")}`);
  const key = (content, path, given) => JSON.stringify([content, path, given]);
  const numbers = new Map(data.items.map((item, number) => [key(...item.cells), number]));
  const found = rows.map((row, line) => {
    const of = (name) => row[column[name]] ?? "";
    const where = `row ${line + 1}`;
    if (of("review") !== data.review) throw new Error(`${where} is of another review, ${of("review")}`);
    const number = numbers.get(key(of("content"), of("path"), of("given_label")));
    if (number === undefined) throw new Error(`${where} is of an item that is not on this page`);
    const word = of("verdict").trim().toLowerCase();
    if (word && !WORDS.includes(word)) throw new Error(`${where} has the verdict ${word}`);
    return [number, word, of("reviewer")];
  });
  const people = new Set(found.filter(([, word, name]) => word && name).map(([, , name]) => name));
  if (reviewer.value.trim()) people.add(reviewer.value.trim());
  if (people.size > 1) throw new Error(`answers of ${[...people].join(" and ")} would be mixed`);
  for (const [number, word] of found) if (word) answers[number] = word;
  reviewer.value ||= [...people][0] ?? "";
  past = [];
  return found.filter(([, word]) => word).length;
}

// What is shown.

function say(message) {
  at("message").textContent = message;
  at("message").hidden = message === "";
}

function pictured(look, alternative, least) {
  if ("text" in look) {
    const block = document.createElement("blockquote");
    block.dir = "auto";
    block.textContent = look.cut ? `${look.text} […]` : look.text;
    return block;
  }
  const image = document.createElement("img");
  const scale = Math.max(1, least / Math.max(look.width, look.height));
  image.src = `data:image/webp;base64,${look.webp}`;
  image.alt = alternative;
  image.width = Math.round(look.width * scale);
  image.height = Math.round(look.height * scale);
  if (scale >= 2) image.className = "enlarged";
  return image;
}

function option(id, number) {
  const block = at(id);
  block.hidden = number < 0;
  if (number < 0) return;
  const { name, examples } = data.classes[number];
  block.querySelector(".name").textContent = name;
  const shown = examples.map((look, count) => pictured(look, `${name}: example ${count + 1}`, SMALL));
  if (!shown.length) {
    const none = document.createElement("p");
    none.textContent = "There is no example of this class.";
    shown.push(none);
  }
  block.querySelector(".examples").replaceChildren(...shown);
}

// The words by key: one label is shown first, whichever of the two it is.
function words() {
  const [first, second] = data.items[current].swapped ? ["suggested", "given"] : ["given", "suggested"];
  return [first, second, "neither", "both", "unsure"];
}

function show() {
  const item = data.items[current];
  const pair = item.suggested >= 0;
  const [first, second] = item.swapped ? [item.suggested, item.given] : [item.given, item.suggested];
  at("place").textContent = `${current + 1} of ${total}`;
  const look = pictured(item.look, `Number ${current + 1}, to be judged`, LEAST);
  if ("cut" in item.look) {
    look.tabIndex = 0;
    look.setAttribute("role", "region");
    look.setAttribute("aria-label", `Text ${current + 1}`);
  }
  at("look").replaceChildren(look);
  if (look.width >= MUCH * item.look.width) at("look").append(pictured(item.look, "", SMALL));
  at("question").textContent = pair ? "Which label is right?" : "Is this label right?";
  option("first", first);
  option("second", second);
  buttons[2].querySelector(".name").textContent = pair ? "Neither of the two" : "No, another one";
  buttons[3].hidden = !pair;
  const by = words();
  buttons.forEach((button, key) => {
    button.setAttribute("aria-pressed", String(answers[current] !== "" && by[key] === answers[current]));
  });
  progress();
}

function progress() {
  const done = answers.filter(Boolean).length;
  at("count").textContent = `${done} of ${total} judged`;
  at("bar").value = done;
  at("undo").disabled = past.length === 0;
  document.body.classList.toggle("done", done === total);
  const text = written();
  at("text").value = text;
  if (link) URL.revokeObjectURL(link);
  link = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  at("save").href = link;
}

// What a person does.

function judge(key) {
  const word = words()[key];
  const button = buttons[key];
  if (button.hidden || button.closest("[hidden]")) return;
  past.push([current, answers[current]]);
  answers[current] = word;
  unsaved = true;
  const name = button.querySelector(".name").textContent;
  const number = current + 1;
  const open = unjudged();
  if (open >= 0) current = open;
  else {
    const named = reviewer.value.trim() ? "" : "Enter your name. ";
    say(`All are judged. ${named}Save verdicts.csv, and give it to who asked you.`);
  }
  at("said").textContent = `Number ${number}: ${name}. Now number ${current + 1} of ${total}.`;
  keep();
  show();
}

// The next item without an answer behind this one, else the first; -1 when there is none.
function unjudged() {
  const behind = answers.findIndex((word, number) => number > current && !word);
  return behind >= 0 ? behind : answers.findIndex((word) => !word);
}

function go(number) {
  if (number < 0 || number >= total) return;
  current = number;
  at("said").textContent = `Number ${current + 1} of ${total}.`;
  keep();
  show();
}

function skip() {
  const open = answers.findIndex((word, number) => number > current && !word);
  go(open >= 0 ? open : answers.findIndex((word, number) => number !== current && !word));
}

function undo() {
  const last = past.pop();
  if (last === undefined) return;
  [current, answers[last[0]]] = last;
  unsaved = true;
  say("");
  at("said").textContent = `Undone. Now number ${current + 1} of ${total}.`;
  keep();
  show();
}

const KEYS = {
  ArrowLeft: () => go(current - 1),
  ArrowRight: () => go(current + 1),
  s: skip,
  u: undo,
  Backspace: undo,
};

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea") || event.altKey || event.metaKey) return;
  const undoing = event.ctrlKey && event.key.toLowerCase() === "z";
  if (event.ctrlKey && !undoing) return;
  const digit = /^[1-5]$/.test(event.key) ? Number(event.key) : 0;
  const act = undoing ? undo : digit ? () => judge(digit - 1) : KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  if (act === undefined || event.repeat) return;
  event.preventDefault();
  act();
});
buttons.forEach((button, key) => button.addEventListener("click", () => judge(key)));
at("back").addEventListener("click", () => go(current - 1));
at("next").addEventListener("click", () => go(current + 1));
at("skip").addEventListener("click", skip);
at("undo").addEventListener("click", undo);
reviewer.addEventListener("input", () => { keep(); progress(); });
reviewer.addEventListener("keydown", (event) => { if (event.key === "Enter") reviewer.blur(); });
at("save").addEventListener("click", () => { unsaved = false; });
at("load").addEventListener("change", async () => {
  const [file] = at("load").files;
  at("load").value = "";
  if (file === undefined) return;
  try {
    const count = load(await file.text());
    current = Math.max(0, answers.findIndex((word) => !word));
    say(`${count} answers were loaded from ${file.name}.`);
    keep();
    show();
  } catch (error) {
    say(`${file.name} was not loaded: ${error.message}.`);
  }
});
at("copy").addEventListener("click", async () => {
  at("text").select();
  try {
    await navigator.clipboard.writeText(at("text").value);
    at("said").textContent = "Copied.";
  } catch {
    at("text").focus(); // it is selected, to be copied by hand
  }
});
at("over").addEventListener("click", () => {
  if (!window.confirm("Forget all answers on this page? Save them first if they are needed.")) return;
  answers = new Array(total).fill("");
  past = [];
  reviewer.value = "";
  current = 0;
  unsaved = false;
  say("");
  keep();
  show();
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved && !kept) event.preventDefault();
});

recall();
at("judge").hidden = false;
show();
