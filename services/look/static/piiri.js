// Small manners that the server cannot have: one submit, menus that close, focus that returns.
"use strict";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  form.dataset.sent = "yes";
  // A page brought back from the browser's memory must be able to send again.
  window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest?.("details.menu[open]");
  if (!open) return;
  open.removeAttribute("open");
  open.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});

// What was just done stays in sight on a long page until it is closed or something else is done.
document.addEventListener("click", (event) => {
  const said = event.target.closest?.("[data-close]")?.closest(".said-in-sight");
  if (!said) return;
  if (said.id && !said.querySelector('[data-when="no-news"]')) said.remove();
  else said.replaceChildren();
  focusOn(document.getElementById("board") ?? document.getElementById("main"));
});

// A part of a page that could not be fetched says so, and takes it back when one could.
const STATUSES = { 401: "signed-out", 429: "too-many" };

document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail.ctx.response.status;
  trouble(STATUSES[status] ?? (status < 500 ? "refused" : "away"));
});

document.addEventListener("htmx:error", (event) => {
  if (!event.detail.ctx) return;
  trouble(event.target.matches("[hx-sse\\:connect]") ? "no-news" : "away");
});

document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx.response?.status >= 400) return;
  document.querySelector('#in-trouble:not(:has([data-when="no-news"]))')?.remove();
});

// So does a page whose news have stopped, until they come again.
document.addEventListener("htmx:sse:error", () => {
  if (!document.getElementById("in-trouble")) trouble("no-news");
});

document.addEventListener("htmx:sse:after:connection", () => {
  document.querySelector('#in-trouble:has([data-when="no-news"]), #in-trouble:empty')?.remove();
});

function trouble(when) {
  document.getElementById("in-trouble")?.remove();
  const said = document.getElementById("trouble").content.firstElementChild.cloneNode(true);
  said.id = "in-trouble";
  for (const text of said.querySelectorAll("[data-when]")) {
    if (text.dataset.when !== when) text.remove();
  }
  document.getElementById("main").prepend(said);
}

// The board's swap tells which element should have the focus after a move. When the proposal
// that was decided is gone, the one in its place has it, and not the top of the page.
let decided = -1;

document.addEventListener("submit", (event) => {
  const proposal = event.target.closest(".proposal");
  decided = proposal ? [...proposal.parentElement.children].indexOf(proposal) : -1;
});

document.addEventListener("htmx:after:swap", (event) => {
  if (!event.target.closest?.("#board")) return;
  const wanted = document.querySelector("[data-focus-here]");
  if (wanted) {
    wanted.removeAttribute("data-focus-here");
    wanted.focus();
  } else if (decided >= 0 && document.activeElement === document.body) {
    const next = [...document.querySelectorAll(".board > .proposal")].slice(0, decided + 1).at(-1);
    focusOn(next ?? document.getElementById("board"));
  }
  decided = -1;
});

function focusOn(element) {
  element?.setAttribute("tabindex", "-1");
  element?.focus({ preventScroll: true });
}
