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

// The board's swap tells which element should have the focus after a move.
document.addEventListener("htmx:after:swap", () => {
  const wanted = document.querySelector("[data-focus-here]");
  if (!wanted) return;
  wanted.removeAttribute("data-focus-here");
  wanted.focus();
});
