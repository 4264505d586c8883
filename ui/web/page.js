/* The page's script. Gradio runs it once with: element, trigger (to the server), server (calls), props, watch.
   All HTML it inserts was made by the server, which escapes every piece of text; from text itself only textContent. */
"use strict";

const GONE = "De server geeft geen antwoord. Kijk of Charterwijzer nog draait en laad de pagina opnieuw.";
const VIEWS = ["vraag", "overzicht", "vergelijken", "lezer"];
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const say = (text) => { one("#melding").textContent = ""; setTimeout(() => { one("#melding").textContent = text; }, 60); };

let request = 0;        // the question now under way
let busy = false;
let fresh = true;       // the next question begins a conversation
let reading = null;     // the charter in the reader: its name and span
let cameFrom = null;    // the turn whose sources the reader leafs through
let told = null;        // where the outcome of taking an answer along is said
let found = [], at = -1; // what the search in the charter found
let flat = null;        // the charter's characters with their places, once it is searched

/* -- asking ------------------------------------------------------------------------------------------------ */

function chosen() {
  const form = one("#vraagformulier");
  return {
    charters: all("input[name=stad]:checked", form).map((box) => box.value),
    actor: one("input[name=partij]:checked", form)?.value || null,
  };
}

function showFilters() {
  const { charters, actor } = chosen();
  const parts = [...(actor ? [actor] : []), ...charters];
  one("#filterstand").textContent = parts.length ? `(${parts.join(", ")})` : "";
}

function ask(question) {
  const text = question.trim();
  one("#fout").textContent = "";
  if (busy) { say("Er wordt al een vraag beantwoord. Wacht even, of kies Stop."); return; }
  if (!text) { fail("De vraag is leeg. Typ een vraag, bijvoorbeeld: wat is een Kindlint?"); one("#vraag").focus(); return; }
  request += 1;
  setBusy(true, one("#vraagformulier").dataset.bezig);
  trigger("submit", { question: text, request, fresh, ...chosen() });
  const asked = request;
  fetch("robots.txt", { cache: "no-store" }).catch(() => {
    if (asked !== request || !busy) return;
    setBusy(false);
    fail(GONE);
  });
}

function setBusy(now, text = "") {
  busy = now;
  one("#stop").hidden = !now;
  one("#stel").setAttribute("aria-disabled", String(now));
  one("#wacht").textContent = text;
}

function fail(text) {
  one("#fout").textContent = text;
  one("#fout").scrollIntoView({ block: "nearest" }); // what went wrong may have been asked far below
}

function receive(message) {
  if (!message || !message.kind) return;
  if (message.kind === "bestand") return save(message);
  if (message.kind === "kopie") return copy(message.text, "Het antwoord met bronnen is gekopieerd.");
  if (message.kind === "bewaard") return judged(message);
  if (message.kind === "fout" && message.request === 0) { fail(message.text); return; }
  if (message.request !== request || !busy) return; // of a question that was stopped
  if (message.kind === "wacht") one("#wacht").textContent = message.text;
  if (message.kind === "beurt") one("#wacht").textContent = one("#vraagformulier").dataset.bezig;
  if (message.kind === "fout") { setBusy(false); fail(message.text); one("#vraag").focus(); }
  if (message.kind === "antwoord") show(message);
}

function show(message) {
  let turn = one(`#beurt-${message.turn}`);
  const first = !turn;
  fresh = false;
  if (first) {
    turn = newTurn(message);
    one("#voorbeelden").hidden = true;
    one("#nieuw").hidden = one("#vervolg").hidden = false;
  }
  for (const [name, html] of Object.entries(message.slots)) {
    const slot = one(`[data-vak=${name}]`, turn);
    if (slot.dataset.inhoud !== String(hash(html))) { slot.innerHTML = html; slot.dataset.inhoud = hash(html); }
  }
  turn.setAttribute("aria-busy", String(!message.done));
  one("#wacht").textContent = message.done ? "" : "Het taalmodel schrijft; elke zin wordt gecontroleerd …";
  if (first) { one("h2", turn).focus({ preventScroll: true }); turn.scrollIntoView({ block: "start" }); }
  if (message.done) { setBusy(false); one("#vraag").value = ""; one("#wijze").textContent = message.mode; say(message.spoken); }
}

function newTurn(message) {
  for (const old of all(".beurt")) fold(old);
  const turn = document.createElement("article");
  turn.className = "beurt";
  turn.id = `beurt-${message.turn}`;
  turn.dataset.vraag = message.question;
  turn.dataset.partij = message.actor;
  turn.dataset.link = message.link;
  turn.innerHTML = `<h2 tabindex="-1"></h2><div class="beurtvak"><div class="links"><div data-vak="antwoord"></div>
    <div data-vak="acties"></div><div data-vak="terugkoppeling"></div></div>
    <div class="onder" data-vak="oordelen"></div><aside class="rechts" data-vak="bronnen"></aside></div>`;
  one("h2", turn).textContent = message.question;
  one("aside", turn).setAttribute("aria-label", `Bronnen bij: ${message.question}`);
  one("#gesprek").prepend(turn);
  return turn;
}

/* An earlier turn becomes its question alone, which opens again. */
function fold(turn) {
  if (turn.parentElement.tagName === "DETAILS") return;
  const details = document.createElement("details");
  details.className = "eerder";
  const summary = document.createElement("summary");
  summary.textContent = `Eerder gevraagd: ${turn.dataset.vraag}`;
  turn.replaceWith(details);
  details.append(summary, turn);
}

function hash(text) {
  let value = 0;
  for (let i = 0; i < text.length; i += 1) value = (value * 31 + text.charCodeAt(i)) | 0;
  return value;
}

function forget() {
  if (busy) { trigger("stop"); setBusy(false); }
  fresh = true; // goes along with the next question, so that it cannot come too late
  request += 1;
  one("#gesprek").textContent = "";
  one("#fout").textContent = "";
  one("#voorbeelden").hidden = false;
  one("#nieuw").hidden = one("#vervolg").hidden = true;
  cameFrom = null;
  one("#vraag").focus();
  say("Een nieuw gesprek.");
}

/* -- taking along, judging ---------------------------------------------------------------------------------- */

function save({ name, type, content }) {
  const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 30000);
  tell(`${name} is opgeslagen.`);
}

/* Beside the button that was pressed, which may be far from the question. */
function tell(text) {
  const place = told;
  place.textContent = text;
  setTimeout(() => { if (place.textContent === text) place.textContent = ""; }, 6000);
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no clipboard without https on another machine
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  tell(done);
}

function takeAlong(button) {
  const turn = Number(button.dataset.beurt);
  const box = one(`#beurt-${turn}`);
  if (button.dataset.doe === "vervolg") { one("#vraag").scrollIntoView({ block: "center" }); one("#vraag").focus({ preventScroll: true }); return; }
  told = one(".meegenomen", box);
  if (button.dataset.doe === "link") {
    copy(`${location.origin}${location.pathname}?${box.dataset.link}`, "De link is gekopieerd.");
    return;
  }
  trigger("select", { turn, as: button.dataset.doe });
}

function judge(form) {
  const verdicts = {};
  for (const choice of all("select[name=verdict]", form)) verdicts[choice.dataset.charter] = choice.value;
  trigger("like", {
    turn: Number(form.dataset.beurt),
    rating: one("input[name=rating]:checked", form)?.value || "",
    reason: one("[name=reason]", form).value,
    verdicts,
  });
}

function judged({ turn, text, kept }) {
  const outcome = one(`#beurt-${turn} .uitkomst`);
  if (!outcome) { fail(text); return; }
  outcome.textContent = text;
  outcome.classList.toggle("mislukt", !kept);
}

/* -- the table of verdicts ----------------------------------------------------------------------------------- */

function sortBy(button) {
  const head = button.closest("th");
  const table = head.closest("table");
  const column = Number(button.dataset.sorteer);
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of all("th[aria-sort]", table)) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const key = (row) => row.children[column].dataset.waarde ?? row.children[column].textContent.trim();
  const rows = all("tbody tr", table).sort((a, b) => key(a).localeCompare(key(b), "nl", { numeric: true }));
  one("tbody", table).append(...(down ? rows.reverse() : rows));
}

function filterTable(box) {
  const verdict = one("[data-filter=oordeel]", box).value;
  const text = one("[data-filter=tekst]", box).value.trim().toLowerCase();
  const rows = all("tbody tr", box);
  for (const row of rows) {
    row.hidden = (verdict && row.dataset.oordeel !== verdict) || !row.textContent.toLowerCase().includes(text);
  }
  one("[data-filter=aantal]", box).textContent = `${rows.filter((row) => !row.hidden).length} van ${rows.length}`;
}

function toRow(dot) {
  const table = one(`#beurt-${dot.dataset.beurt} .oordelen`);
  const row = all("tbody tr", table).find((tr) => tr.firstElementChild.textContent === dot.dataset.stad);
  row.hidden = false;
  row.scrollIntoView({ block: "center" });
  row.focus({ preventScroll: true });
}

async function openNearest(details) {
  const place = one(".nabijheid", details);
  if (place.childElementCount) return;
  place.textContent = "Bezig met zoeken …";
  const turn = one(`#beurt-${details.dataset.beurt}`);
  const read = one(".gelezen q", turn)?.textContent || turn.dataset.vraag;
  put(place, await call("nearest", { charter: details.dataset.nabij, question: read, actor: turn.dataset.partij }));
}

/* -- the reader ------------------------------------------------------------------------------------------------ */

async function call(name, data = null) {
  try {
    return await server[name](data);
  } catch {
    return { error: GONE };
  }
}

function put(place, { html, error }) {
  if (error) { place.innerHTML = '<p class="melding" role="alert"></p>'; place.firstChild.textContent = error; } else place.innerHTML = html;
}

async function openReader(fields) {
  const charter = fields.get("charter");
  one("#charterkeuze").hidden = Boolean(charter);
  one("#zoekformulier").hidden = !charter;
  one("#terug").hidden = !cameFrom;
  if (!charter) { one("#charter").textContent = ""; one("#bladeren").hidden = true; reading = null; return; }
  const span = { charter, van: Number(fields.get("van")), tot: Number(fields.get("tot")) };
  const key = JSON.stringify(span);
  if (reading !== key) {
    reading = key;
    const made = await call("read", span);
    if (reading !== key) return; // another was opened meanwhile
    put(one("#charter"), made);
    endSearch();
    if (matchMedia("(max-width: 60rem)").matches) one("#charter .inhoud details")?.removeAttribute("open");
  }
  leafing(fields.get("bron"));
  const marks = all("#charter mark");
  const goal = marks[0]?.closest(".regel") || one("#lezertitel");
  if (!goal) return;
  if (marks.length) goal.scrollIntoView({ block: "center" }); else scrollTo(0, 0);
  goal.focus({ preventScroll: true });
  say(marks.length ? `Charter van ${charter}. ${marks.map((mark) => mark.textContent).join(" ")}` : `Charter van ${charter}`);
}

function sourcesOf(turn) {
  return all(`#${turn} .bronkop a`);
}

function leafing(n) {
  const box = one("#bladeren");
  const links = cameFrom && n ? sourcesOf(cameFrom) : [];
  box.hidden = links.length < 2;
  box.dataset.bron = n || "";
  const place = links.findIndex((link) => numberOf(link) === n);
  one("#bronstand").textContent = place >= 0 ? `Bron ${place + 1} van ${links.length}` : "";
}

const numberOf = (link) => new URLSearchParams(link.getAttribute("href").split("?")[1]).get("bron");

function leaf(step) {
  const links = sourcesOf(cameFrom);
  const place = links.findIndex((link) => numberOf(link) === one("#bladeren").dataset.bron);
  location.hash = links[(place + step + links.length) % links.length].getAttribute("href");
}

function back() {
  const turn = cameFrom && document.getElementById(cameFrom);
  const n = one("#bladeren").dataset.bron;
  location.hash = "#vraag";
  const goal = (turn && n && one(`#bron-${cameFrom.replace("beurt-", "")}-${n}`)) || turn;
  setTimeout(() => { goal?.scrollIntoView({ block: "center" }); goal?.focus({ preventScroll: true }); }, 0);
}

function endSearch() {
  found = [];
  at = -1;
  flat = null;
  for (const name of ["gevonden", "huidig"]) CSS.highlights?.delete(name);
  for (const line of all(".regel.hier")) line.classList.remove("hier");
  one("#zoekstand").textContent = "";
  one("#zoek").value = "";
  one("#vorige").disabled = true;
  delete one("#zoekformulier").dataset.gezocht;
}

function search(step) {
  const text = one("#zoek").value.trim().toLowerCase();
  const form = one("#zoekformulier");
  if (!text) { endSearch(); return; }
  if (form.dataset.gezocht !== text) {
    form.dataset.gezocht = text;
    found = occurrences(text);
    at = step > 0 ? -1 : found.length;
    if (window.Highlight) CSS.highlights.set("gevonden", new Highlight(...found.flat()));
  }
  one("#vorige").disabled = found.length < 2;
  for (const line of all(".regel.hier")) line.classList.remove("hier");
  if (!found.length) { CSS.highlights?.delete("huidig"); one("#zoekstand").textContent = "Niet gevonden"; return; }
  at = (at + step + found.length) % found.length;
  one("#zoekstand").textContent = `${at + 1} van ${found.length}`;
  if (window.Highlight) CSS.highlights.set("huidig", Object.assign(new Highlight(...found[at]), { priority: 1 }));
  const lines = found[at].map((range) => range.startContainer.parentElement.closest(".regel"));
  for (const line of lines) line.classList.add("hier");
  lines[0].scrollIntoView({ block: "center" });
}

/* Where a text stands in the charter, each time as the ranges of the lines that it runs over. The lines are joined
   first: a phrase may go on on the next line, or after a page's header or a note, and a word may be broken by a hyphen. */
function occurrences(text) {
  flat ??= all("#chartertekst .regel").sort((a, b) => isAside(a) - isAside(b)).flatMap(placed);
  const wanted = [...text.replaceAll("*", "").replace(/\s+/g, " ")];
  if (!wanted.length) return [];
  const joined = flat.map((place) => place.char).join("");
  const letter = (char) => (/\s/.test(char) ? "\\s+" : char === "-" ? "-(?:\\n\\s*)?" : char.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const pattern = new RegExp(wanted.map(letter).join("(?:-\\n\\s*)?"), "gu");
  return [...joined.matchAll(pattern)].map((hit) => rangesOf(flat.slice(hit.index, hit.index + hit[0].length)));
}

/* A page's header or a note, which may stand in the middle of a sentence. */
const isAside = (line) => Number(Boolean(line.closest(".furniture, .note")));

/* The characters of a line with their places in the document, and its end. */
function placed(line) {
  const out = [];
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let offset = 0; offset < node.length; offset += 1) {
      if (node.data[offset] === "*") continue; // printed between letters, to make them bold
      const low = node.data[offset].toLowerCase();
      out.push({ char: low.length === 1 ? low : node.data[offset], node, offset });
    }
  }
  return [...out, { char: "\n", node: null, offset: 0 }];
}

function rangesOf(places) {
  const out = [];
  for (const { node, offset } of places) {
    const last = out.at(-1);
    if (!node) continue;
    if (last?.endContainer === node && last.endOffset === offset) { last.setEnd(node, offset + 1); continue; }
    const range = new Range();
    range.setStart(node, offset);
    range.setEnd(node, offset + 1);
    out.push(range);
  }
  return out;
}

/* -- views ------------------------------------------------------------------------------------------------------ */

function route() {
  const [name, query] = location.hash.replace(/^#/, "").split("?");
  if (name === "inhoud") return;
  const view = VIEWS.includes(name) ? name : "vraag";
  one("#cw").dataset.weergave = view;
  for (const link of all("nav a[data-weergave]")) {
    if (link.dataset.weergave === view) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  document.title = `${one(`nav a[data-weergave=${view}]`).textContent} – Charterwijzer`;
  if (view === "lezer") openReader(new URLSearchParams(query));
}

async function compare(form) {
  const place = one("#vergelijking");
  place.textContent = "Bezig …";
  const charters = all("input[name=stad]:checked", form).map((box) => box.value);
  put(place, await call("compare", { theme: one("#thema").value, charters }));
  one("h3", place)?.focus({ preventScroll: true });
}

function clicked(event) {
  const goal = event.target.closest("a, button");
  if (!goal || !one("#cw").contains(goal)) return;
  const data = goal.dataset;
  if (goal.matches(".merk")) {
    event.preventDefault();
    const source = document.getElementById(goal.getAttribute("href").slice(1));
    source.scrollIntoView({ block: "nearest" });
    source.focus({ preventScroll: true });
  } else if (goal.matches(".stip")) { event.preventDefault(); toRow(goal);
  } else if (goal.matches("[data-regel]")) {
    event.preventDefault();
    const line = document.getElementById(`r${data.regel}`);
    line?.scrollIntoView({ block: "start" });
    line?.focus({ preventScroll: true });
  } else if (goal.matches(".naar-inhoud")) { event.preventDefault(); one("#inhoud").focus();
  } else if (goal.matches("[href^='#lezer?']")) { cameFrom = goal.closest(".beurt")?.id ?? (goal.closest("#charter") ? cameFrom : null);
  } else if (goal.matches("[data-vraag]")) { one("#vraag").value = data.vraag; ask(data.vraag);
  } else if (goal.matches("[data-doe]")) takeAlong(goal);
  else if (goal.matches("[data-sorteer]")) sortBy(goal);
  else if (goal.matches("[data-blader]")) leaf(Number(data.blader));
  else if (goal.id === "vorige") search(-1);
  else if (goal.id === "terug") back();
  else if (goal.id === "nieuw") forget();
  else if (goal.id === "wis") { for (const box of all("#vraagformulier input:checked")) box.checked = box.value === ""; one("#vraagformulier input[name=partij]").checked = true; showFilters(); }
  else if (goal.id === "stop") stopped();
}

/* What has come of an answer stays, to be used as any other. */
function stopped() {
  trigger("stop");
  setBusy(false, "Gestopt.");
  request += 1;
  one(".beurt[aria-busy=true]")?.setAttribute("aria-busy", "false");
  one("#vraag").focus();
}

/* A link repeats a question with what it was limited to. */
function repeat(fields) {
  const question = fields.get("vraag");
  if (!question) return;
  one("#vraag").value = question;
  const wanted = new Set([...fields.getAll("stad"), ...fields.getAll("partij")]);
  const boxes = all("#vraagformulier input").filter((box) => fields.getAll(box.name).includes(box.value));
  for (const box of boxes) box.checked = true;
  showFilters();
  if (boxes.length < wanted.size) fail("De link beperkt de vraag tot iets wat er hier niet is. Kies zelf, en stel de vraag.");
  else ask(question);
}

function start() {
  const frame = one("#cw");
  if (!frame) { requestAnimationFrame(start); return; }
  document.documentElement.lang = "nl";
  // Out of Gradio's own landmarks, so that header, menu, main and footer are those of the page. Gradio never renders
  // the frame again, and what is left of it is not for reading.
  document.body.prepend(frame);
  one("gradio-app").hidden = true;
  frame.addEventListener("click", clicked);
  frame.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.id === "vraagformulier") ask(one("#vraag").value);
    else if (event.target.id === "vergelijkformulier") compare(event.target);
    else if (event.target.id === "zoekformulier") search(1);
    else if (event.target.matches(".oordeelformulier")) judge(event.target);
  });
  frame.addEventListener("change", (event) => {
    if (event.target.closest(".filters")) showFilters();
    if (event.target.matches("[data-filter]")) filterTable(event.target.closest(".tabelvak"));
  });
  frame.addEventListener("input", (event) => {
    if (event.target.matches("[data-filter=tekst]")) filterTable(event.target.closest(".tabelvak"));
  });
  frame.addEventListener("toggle", (event) => {
    if (event.target.matches("details.nabij[open]")) openNearest(event.target);
  }, true);
  one("#vraag").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); ask(event.target.value); }
  });
  addEventListener("hashchange", route);
  one("#zoek").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); search(-1); }
  });
  watch("value", () => receive(props.value));
  route();
  frame.dataset.klaar = "ja";
  if (one("#wijze[data-peil]")) call("mode").then(({ text }) => { if (text) one("#wijze").textContent = text; });
  repeat(new URLSearchParams(location.search));
}

start();
