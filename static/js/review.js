// Single keys press the buttons of the review once they are switched on (WCAG 2.1.4). Every button works without them.
"use strict";

const ON = "iqas-review-keys-on";
const help = document.querySelector("[data-review-keys]");
const toggle = document.querySelector("[data-review-toggle]");

function areOn() {
  return window.localStorage.getItem(ON) !== null;
}

function tell() {
  toggle.setAttribute("aria-pressed", String(areOn()));
  for (const target of document.querySelectorAll("[data-key]")) {
    if (areOn()) target.setAttribute("aria-keyshortcuts", target.dataset.key);
    else target.removeAttribute("aria-keyshortcuts");
  }
}

function pressed(event) {
  if (!areOn() || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target) return;
  event.preventDefault();
  const needed = target.dataset.needs && target.form.elements[target.dataset.needs];
  if (needed && !needed.value) needed.focus();
  else target.click();
}

if (help && toggle) {
  help.hidden = false;
  tell();
  toggle.addEventListener("click", () => {
    if (areOn()) window.localStorage.removeItem(ON);
    else window.localStorage.setItem(ON, "1");
    tell();
  });
  document.addEventListener("keydown", pressed);
}
