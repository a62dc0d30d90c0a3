/* Small comforts; every page works without them. */
"use strict";
(() => {
  const focusProblem = () => document.querySelector("#error-summary, .problem")?.focus();
  const closeMenus = (except) =>
    document.querySelectorAll("details.menu[open]").forEach((menu) => menu !== except && (menu.open = false));

  document.addEventListener("DOMContentLoaded", focusProblem);
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  // On a phone the filters are folded, so that the list begins on the first screen.
  document.addEventListener("DOMContentLoaded", () => {
    if (window.matchMedia("(max-width: 575.98px)").matches)
      document.querySelectorAll(".filters-fold").forEach((fold) => { fold.open = fold.querySelector(".invalid-feedback") !== null; });
  });
  // A form is sent once, however often the button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.sent) { if (form.dataset.sent) event.preventDefault(); return; }
    form.dataset.sent = "yes";
    window.setTimeout(() => delete form.dataset.sent, 8000);
  });
  // A form that saves itself: a press of Save waits for the saving that is under way, and nobody leaves unsaved words behind.
  const saving = (form) => form.matches(".htmx-request");
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (!form.matches("[data-autosave]")) return;
    form.dataset.leaving = "yes";
    if (!saving(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.addEventListener("htmx:afterRequest", () => window.setTimeout(() => form.requestSubmit(button)), { once: true });
  }, true);
  // What became of the words is always said: a lost connection and an ended session too.
  const say = (form, what) => {
    const state = document.getElementById("save-state"), text = form.dataset[what];
    if (!state || !text || (what === "whenUnsaved" && state.querySelector("button"))) return;
    state.classList.toggle("tone-unmet", what === "whenFailed" || what === "whenSignedOut");
    if (state.textContent !== text) state.textContent = text;
  };
  const failed = (form, what) => {
    form.dataset.unsaved = "yes";
    if (what === "whenSignedOut") form.dataset.signedOut = "yes";
    say(form, what);
  };
  const onSaving = (name, act) => document.addEventListener(name, (event) => { if (event.target.matches("[data-autosave]")) act(event.target, event.detail); });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-autosave]");
    if (form) { form.dataset.unsaved = "yes"; delete form.dataset.leaving; say(form, "whenUnsaved"); }
  });
  onSaving("htmx:beforeRequest", (form) => { delete form.dataset.unsaved; say(form, "whenSaving"); });
  onSaving("htmx:afterRequest", (form, detail) => { if (!detail.successful) form.dataset.unsaved = "yes"; });
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach((name) =>
    onSaving(name, (form, detail) => failed(form, [401, 403].includes(detail.xhr?.status) ? "whenSignedOut" : "whenFailed")));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig?.elt;
    if (!form?.matches("[data-autosave]")) return;
    if (new URL(event.detail.xhr.responseURL, location.href).pathname !== location.pathname) {
      event.detail.shouldSwap = false;
      failed(form, "whenSignedOut");
    } else document.getElementById("save-state")?.classList.remove("tone-unmet");
  });
  window.addEventListener("online", () =>
    document.querySelectorAll("form[data-autosave][data-unsaved]").forEach((form) => form.dispatchEvent(new Event("input", { bubbles: true }))));
  // Back from the window of the sign-in: the new session has another token.
  window.addEventListener("focus", () => document.querySelectorAll("form[data-signed-out]").forEach(async (form) => {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const token = page.querySelector("form[data-autosave] [name=csrfmiddlewaretoken]")?.value;
    if (!token) return;
    delete form.dataset.signedOut;
    form.querySelector("[name=csrfmiddlewaretoken]").value = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }));
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-autosave]:is([data-unsaved], .htmx-request):not([data-leaving])")) event.preventDefault();
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
  // A link to a folded section opens it.
  const openFold = () => { const fold = document.getElementById(location.hash.slice(1))?.closest(".fold")?.querySelector(":scope > details"); if (fold) fold.open = true; };
  document.addEventListener("DOMContentLoaded", openFold);
  window.addEventListener("hashchange", openFold);
  // Details stand open on paper.
  window.addEventListener("beforeprint", () => document.querySelectorAll("details:not(.menu):not([open])").forEach((d) => { d.open = true; d.dataset.print = ""; }));
  window.addEventListener("afterprint", () => document.querySelectorAll("details[data-print]").forEach((d) => { d.open = false; delete d.dataset.print; }));
})();
