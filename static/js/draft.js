// A draft: what is typed is saved as one goes, and the keyboard gets everywhere. Only the pages of
// drafts load this file; they work without it, by their buttons.
"use strict";

const draft = document.querySelector("form[data-typing]");

// Some seconds after the last key, and when the page is left, what was typed is sent to the address
// of the form. One save at a time: each is written over the version that the last one gave back.
const TYPING_PAUSE = 2500;
const NEXT_TRY = 15000;
const typing = { waits: false, sending: null, stopped: false, timer: 0 };

function saySaved(words) {
  const place = draft.querySelector("[data-saved]");
  if (place.textContent !== words) place.textContent = words;
}
function typedSoFar() {
  const data = new FormData(draft);
  if (!("called" in draft.dataset)) data.delete("colour"); // where the rules start is no call yet
  return data;
}
function keepAsBegun(data) {
  // what is stored now is what later changes are measured against
  draft.elements.namedItem("version").value = data.version;
  for (const began of draft.querySelectorAll("input[name^='initial-text-']")) {
    began.value = data.sent.get(began.name.slice("initial-".length));
  }
}
async function answerOf(sent, keepalive) {
  const answer = await fetch(draft.action, {
    method: "POST", body: sent, keepalive, redirect: "error",
    headers: { "X-Typing": "1", Accept: "application/json" },
  });
  const told = await answer.json();
  if (answer.ok) keepAsBegun({ ...told, sent });
  typing.stopped = answer.status === 409;
  return { ok: answer.ok, words: told.words };
}
async function saveTyped(keepalive = false) {
  if (!typing.waits || typing.sending || typing.stopped) return;
  window.clearTimeout(typing.timer);
  typing.waits = false;
  typing.sending = answerOf(typedSoFar(), keepalive);
  try {
    const { ok, words } = await typing.sending;
    saySaved(words);
    if (ok && !typing.waits) changed.delete(draft); // declared by app.js: nothing is lost by leaving
  } catch {
    typing.waits = true;
    saySaved("Not saved: the portal does not answer, or you are signed out. What you typed stays here; trying again.");
    waitToSave(NEXT_TRY);
  } finally {
    typing.sending = null;
  }
  if (typing.waits) waitToSave(TYPING_PAUSE);
}
function waitToSave(pause) {
  window.clearTimeout(typing.timer);
  typing.timer = window.setTimeout(saveTyped, pause);
}
function typed(event) {
  if (event.target.form !== draft) return;
  if (event.target.name === "colour") draft.dataset.called = "";
  typing.waits = true;
  waitToSave(TYPING_PAUSE);
}

// A line reads as it is being written, and is struck out where it is left out.
function showTyped(event) {
  const line = event.target.closest(".draft__line");
  if (!line) return;
  if (event.target.matches("textarea")) line.querySelector(".draft__text").textContent = event.target.value;
  if (event.target.matches("select")) line.classList.toggle("draft__line--out", Boolean(event.target.value));
}

// A button waits for the save that is under way, so that it is not taken for somebody else's.
function waitForSaving(event) {
  if (!typing.sending) {
    typing.stopped = true; // the page is left by a button that sends all of it
    window.clearTimeout(typing.timer);
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  const again = () => window.setTimeout(() => draft.requestSubmit(event.submitter));
  typing.sending.then(again, again);
}

// Keys: Ctrl or Cmd with S saves, with Enter publishes; j and k, or Alt and the arrows, go from one
// paragraph to the next: the fields, then the lines, which Enter opens.
function goTo(step) {
  const stops = [...draft.querySelectorAll(".draft__sheet textarea, .draft__line > summary")]
    .filter((stop) => stop.checkVisibility({ contentVisibilityAuto: true }));
  const here = stops.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : stops.length - 1) : here + step;
  if (stops[next]) stops[next].focus();
}
function saveNow() {
  if (typing.stopped) return draft.querySelector("[data-save]").click();
  typing.waits = true;
  saveTyped();
}
function chordOf(event) {
  if (event.isComposing || document.querySelector("dialog[open]")) return null;
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    return { ArrowDown: () => goTo(1), ArrowUp: () => goTo(-1) }[event.key];
  }
  if (event.ctrlKey || event.metaKey) {
    return { s: saveNow, Enter: () => draft.querySelector("[data-publish]").click() }[event.key];
  }
  if (isTyping(event.target)) return null;
  return { j: () => goTo(1), k: () => goTo(-1) }[event.key];
}
function byKey(event) {
  const act = chordOf(event);
  if (!act) return;
  event.preventDefault();
  act();
}

if (draft) {
  document.addEventListener("input", typed);
  document.addEventListener("input", showTyped);
  document.addEventListener("click", (event) => {
    if (event.target.name === "colour") typed(event);
  });
  document.addEventListener("keydown", byKey);
  draft.addEventListener("submit", waitForSaving);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") saveTyped(true);
  });
  window.addEventListener("pagehide", () => saveTyped(true));
  window.addEventListener("online", () => saveTyped());
}
