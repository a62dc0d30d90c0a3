// Shows the SHA-256 of the chosen file, computed on this device, beside the registered one. Without it the server compares.
"use strict";

const LARGEST = 200 * 1024 * 1024;

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function showHash(form, file) {
  const place = form.querySelector("[data-verify-hash]");
  place.textContent = "";
  if (!file || file.size > LARGEST || !window.crypto || !window.crypto.subtle) return;
  const found = hex(await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const expected = document.querySelector("[data-verify-expected]");
  const mark = expected ? (expected.dataset.verifyExpected === found ? " ✓" : " ✕") : "";
  place.textContent = `${place.dataset.label} ${found}${mark}`;
}

for (const form of document.querySelectorAll("[data-verify-file]")) {
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => showHash(form, input.files[0]));
}
