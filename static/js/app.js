// Behaviours found by data- attributes; every page works without this file.
// Listeners sit on the document, so that whatever htmx swaps in behaves as well.
"use strict";

// data-focus: an error summary or a conflict takes the focus when it appears.
function focusWhatMatters(root) {
  const target = root.querySelector("[data-focus]");
  if (target) target.focus();
}
document.addEventListener("htmx:afterSwap", (event) => focusWhatMatters(event.target));
focusWhatMatters(document);

// data-warn-unsaved: leaving a changed form asks first; sending it does not.
const changed = new WeakSet();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-warn-unsaved]");
  if (form) changed.add(form);
});
document.addEventListener("submit", (event) => changed.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  const forms = document.querySelectorAll("form[data-warn-unsaved]");
  if ([...forms].some((form) => changed.has(form))) event.preventDefault();
});

// data-menu: an open menu closes on Escape (focus returns to it) and on a click elsewhere.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest("details[data-menu][open]");
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// data-poll: a page of running work reloads itself (meta refresh); where htmx asks for the
// progress alone, that reload is called off.
window.addEventListener("load", () => {
  if (window.htmx && document.querySelector("[data-poll]")) window.stop();
});

// data-print: a button that only a script can work, so it is hidden until there is one.
for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// data-flip: weeks are turned like pages, by the arrow key that the link names; not while the key
// moves something else: a cursor, a choice, or a table that is wider than its region.
for (const hint of document.querySelectorAll("[data-flip-hint]")) hint.hidden = false;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (isTyping(event.target) || event.target.closest(".table-region")) return;
  const link = document.querySelector(`a[data-flip="${CSS.escape(event.key)}"]`);
  if (link) link.click();
});

// Shortcuts: "g" and a letter follow the link that carries data-key; "?" lists them.
let waitingForSecondKey = false;
function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog[open]");
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "?") {
    const dialog = document.querySelector("[data-shortcuts]");
    if (dialog) dialog.showModal();
  } else if (event.key === "n" && !waitingForSecondKey) {
    const note = document.querySelector("[data-note]");
    if (note) note.click();
  } else if (waitingForSecondKey) {
    const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
    if (link) link.click();
  }
  waitingForSecondKey = event.key === "g";
});

// data-note-dialog: a note is written in a dialog over the page; its link leads to a page without.
document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.target.closest("[data-note-dialog]");
  if (!dialog) return;
  if (!dialog.open) dialog.showModal();
  const first = dialog.querySelector("[data-focus], textarea, button");
  if (first) first.focus();
});
document.addEventListener("close", (event) => {
  if (event.target.matches("[data-note-dialog]")) event.target.replaceChildren();
}, true);
