// The chat page: a conversation that survives a lost connection.
//
// What the visitor writes gets an id here, waits in a list until the library has stored it, and goes out again under
// the same id after each reconnect: the library stores it once. Messages carry numbers; the page resumes after the
// last number it holds and drops one it has. All text is set as text: no markup from a message ever runs.

import { closeForm, listen, newId, openForm } from "./form.js";
import { memoryOf } from "./memory.js";

const page = document.body.dataset;
const ui = Object.fromEntries(
  ["state", "conversation", "log", "messages", "writing", "chat", "name-field", "name", "text", "text-label",
    "text-error", "send", "end", "ending"].map((id) => [id, document.getElementById(id)]),
);
const TITLE = document.title;

const FIRST_RETRY = 500, LONGEST_RETRY = 15_000;  // milliseconds between tries to connect
const ACK_PATIENCE = 10_000;                       // unacknowledged for so long: the connection is dead
const WELCOME_PATIENCE = 10_000;                   // so long without a welcome: it leads nowhere
const TYPING_EVERY = 3_000, TYPING_SHOWN = 6_000;

const WORDS = {
  open: "The chat is open. Library staff are here to help.",
  busy: "All of us are in other chats just now. Start a chat, and we come to you in turn.",
  nobody: "Nobody is at the chat desk just now. You can start a chat; we look for somebody.",
  closed: "The chat is closed just now.",
  connecting: "Connecting…",
  connected: "Connected.",
  looking: "Connected. We are finding somebody to help you.",
  staff: "Connected. A member of staff is here.",
  lost: "Connection lost – trying again. Nothing you wrote is lost.",
};
const OFFER = {
  closed: "The chat is closed just now. You can leave your question below.",
  nobody: "Nobody has been free to chat so far. You can wait here, or leave your question below.",
};
const BY_MAIL = "Leave your question and we will answer by e-mail.";

const memory = memoryOf(page.line);
const remember = () => memory.keep({ started, conversation, token, name, pending });

const kept = memory.read();
let started = kept.started ?? false;    // the visitor has begun a conversation
let conversation = kept.conversation ?? "";
let token = kept.token ?? "";
let name = kept.name ?? "";
let pending = kept.pending ?? [];       // written, not yet stored: { id, text }
let last = 0;                           // every message up to this number is on the page
let staff = false;                      // a member of staff is here
let availability = page.availability;
let turn = 0;                       // among those who wait for somebody: 1 is next
let until = page.until;             // when it opens again, in words, where somebody closed it

const bubbles = new Map();              // message number -> its list item
const waiting = new Map();              // our id -> the list item of a message that is not stored yet

// The connection: at most one socket; a message is in flight until it is acknowledged.

let socket = null, welcomed = false, inFlight = "", retry = FIRST_RETRY, excuse = "";
const timers = {};

function after(what, milliseconds, then) {
  clearTimeout(timers[what]);
  timers[what] = setTimeout(then, milliseconds);
}

function connect() {
  clearTimeout(timers.retry);
  if (socket) return;
  const url = new URL("/chat/ws", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const fresh = socket = new WebSocket(url);
  after("welcome", WELCOME_PATIENCE, lost);
  fresh.onopen = () => transmit(token
    ? { type: "resume", conversation, token, after: last }
    : { type: "hello", line: page.line, name });
  fresh.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    if (socket === fresh) heard[frame.type]?.(frame);
  };
  fresh.onclose = (event) => {
    if (socket !== fresh) return;
    if (event.code === 1008) refused(); else lost();
  };
}

function transmit(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function disconnect() {
  const old = socket;
  socket = null;
  welcomed = false;
  inFlight = "";
  for (const what of ["ack", "retry", "again", "seen", "welcome"]) clearTimeout(timers[what]);
  old?.close();
}

function lost() {
  disconnect();
  if (!started) return;
  tell(excuse || WORDS.lost, "bad");
  after("retry", retry * (0.75 + Math.random() / 2), connect);
  retry = Math.min(retry * 2, LONGEST_RETRY);
}

function refused() {
  disconnect();
  tell("The chat can't go on like this. Please load the page again; nothing you wrote is lost.", "bad");
}

function flush() {
  const next = pending[0];
  if (!welcomed || inFlight || !next) return;
  inFlight = next.id;
  transmit({ type: "say", id: next.id, text: next.text });
  after("ack", ACK_PATIENCE, lost);
}

const heard = {
  welcome(frame) {
    clearTimeout(timers.welcome);
    welcomed = true;
    retry = FIRST_RETRY;
    excuse = "";
    conversation = frame.conversation;
    token = frame.token ?? token;
    ({ staff, availability, until, place: turn } = frame);
    remember();
    tellStanding();
    flush();
  },
  message(frame) {
    last = frame.seq;
    if (waiting.has(frame.id)) { settle(frame.id, frame.seq); goOn(frame.id); }  // it came back: it is stored
    else if (!bubbles.has(frame.seq)) show(frame);
    if (frame.mine) return;
    writing(false);
    after("seen", 50, () => transmit({ type: "seen", seq: last }));
  },
  ack(frame) {
    settle(frame.id, frame.seq);
    goOn(frame.id);
  },
  error(frame) {
    if (!frame.id) {
      retry = Math.max(retry, (frame.retry_after ?? 0) * 1000);
      excuse = frame.retry_after ? frame.text : "";
      tell(frame.text, "bad");
    } else if (frame.retry_after) {
      tell(frame.text, "bad");
      clearTimeout(timers.ack);
      after("again", frame.retry_after * 1000, () => { tellStanding(); goOn(frame.id); });
    } else {
      fail(frame.id, frame.text);
      goOn(frame.id);
    }
  },
  staff_typing: () => writing(true),
  staff_here(frame) {
    staff = frame.here;
    tellStanding();
  },
  doors(frame) {
    ({ availability, until, place: turn } = frame);
    tellStanding();
    layout();
  },
  offer: (frame) => offer(frame.reason),
  closed: (frame) => over(frame.text),
};

function goOn(id) {
  if (inFlight !== id) return;
  clearTimeout(timers.ack);
  inFlight = "";
  flush();
}

// The conversation on the page.

function bubble(mine, text) {
  const item = document.createElement("li");
  const who = document.createElement("span");
  const said = document.createElement("div");
  who.className = "who";
  said.className = "said";
  said.textContent = text;
  item.className = mine ? "mine" : "theirs";
  item.append(who, said);
  return item;
}

function sign(item, author, aside) {
  item.firstChild.textContent = `${author} · ${aside}`;
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

function show(frame) {
  const item = bubble(frame.mine, frame.text);
  sign(item, frame.mine ? "You" : frame.author, clock.format(frame.written));
  place(item, frame.seq);
  if (!frame.mine && document.hidden) document.title = `New message – ${TITLE}`;
}

function place(item, seq) {
  const later = [...ui.messages.children].find((other) => other !== item && !(other.dataset.seq < seq)) ?? null;
  item.dataset.seq = seq;
  bubbles.set(seq, item);
  if (!item.isConnected || item.nextElementSibling !== later) ui.messages.insertBefore(item, later);
  layout();
  ui.log.scrollTop = ui.log.scrollHeight;
}

function showWaiting({ id, text }) {
  const item = bubble(true, text);
  item.classList.add("waiting");
  sign(item, "You", "waiting to be sent");
  waiting.set(id, item);
  ui.messages.append(item);
  layout();
  ui.log.scrollTop = ui.log.scrollHeight;
}

function settle(id, seq) {
  const item = waiting.get(id);
  pending = pending.filter((each) => each.id !== id);
  waiting.delete(id);
  remember();
  if (!item) return;
  if (bubbles.has(seq)) {
    item.remove();
    return;
  }
  item.classList.remove("waiting");
  sign(item, "You", clock.format(Date.now()));
  place(item, seq);
}

function fail(id, why) {
  const item = waiting.get(id);
  pending = pending.filter((each) => each.id !== id);
  waiting.delete(id);
  remember();
  item?.classList.replace("waiting", "failed");
  if (item) sign(item, "You", `not sent. ${why}`);
}

function writing(now) {
  clearTimeout(timers.writing);
  ui.writing.textContent = now ? "A member of staff is writing…" : "";
  if (now) after("writing", TYPING_SHOWN, () => writing(false));
}

function tell(words, tone = "") {
  ui.state.dataset.tone = tone;
  if (ui.state.textContent !== words) ui.state.textContent = words;
}

const inTurn = () => turn === 1 ? "Connected. All of us are in other chats. You are next."
  : `Connected. All of us are in other chats. You are number ${turn} in turn.`;

const closedUntil = () => `The chat is closed until ${until}.` + (started ? " What you wrote is kept." : "");

function tellStanding() {
  if (availability === "closed" && until) tell(closedUntil());
  else if (!started) tell(WORDS[availability], availability === "open" ? "good" : "");
  else if (!welcomed) tell(WORDS.connecting);
  else if (staff) tell(WORDS.staff, "good");
  else if (availability === "busy" && turn) tell(inTurn());
  else tell(availability === "nobody" ? WORDS.looking : WORDS.connected, "good");
}

function layout() {
  ui.conversation.hidden = !ui.messages.childElementCount;
  ui.chat.hidden = !started && availability === "closed";
  ui["name-field"].hidden = started;
  ui.end.hidden = !started;
  ui["text-label"].textContent = started ? "Your message" : "Your question";
  ui.send.textContent = started ? "Send" : "Start chat";
}

// The end of a conversation: ours, or the library's when we were away for too long.

function stop() {
  disconnect();
  memory.forget();
  started = staff = false;
  conversation = token = name = "";
  last = 0;
  writing(false);
}

function over(text) {
  const unsent = pending.map((each) => each.text).join("\n");
  stop();
  clearWaiting();
  if (unsent && !ui.text.value) ui.text.value = unsent;
  layout();
  tell(text);
}

function clearWaiting() {
  for (const item of waiting.values()) item.remove();
  waiting.clear();
  pending = [];
}

function clearMessages() {
  bubbles.clear();
  ui.messages.replaceChildren();
}

function end() {
  transmit({ type: "end" });
  stop();
  clearWaiting();
  clearMessages();
  ui.chat.reset();
  closeForm();
  layout();
  tell("Chat ended. Nothing of it is left on this computer.");
  ui.text.focus();
}

// What the visitor does.

function begin() {
  clearMessages();
  started = true;
  name = ui.name.value.trim();
}

ui.chat.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = ui.text.value.trim();
  ui["text-error"].textContent = text ? "" : "Write something first.";
  ui.text.setAttribute("aria-invalid", text ? "false" : "true");
  ui.text.focus();
  if (!text) return;
  if (!started) begin();
  pending.push({ id: newId(), text });
  remember();
  ui.text.value = "";
  showWaiting(pending.at(-1));
  if (!socket && !welcomed) tellStanding();
  connect();
  flush();
});

ui.text.addEventListener("keydown", (event) => {
  const touch = matchMedia("(pointer: coarse)").matches;  // no Shift and Enter there: Enter is a new line
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch) return;
  event.preventDefault();
  ui.chat.requestSubmit();
});

let typedAt = 0;
ui.text.addEventListener("input", () => {
  ui["text-error"].textContent = "";
  ui.text.removeAttribute("aria-invalid");
  if (!welcomed || Date.now() - typedAt < TYPING_EVERY) return;
  typedAt = Date.now();
  transmit({ type: "typing" });
});

ui.end.addEventListener("click", () => ui.ending.showModal());
ui.ending.addEventListener("close", () => {
  if (ui.ending.returnValue === "end") end();
  ui.ending.returnValue = "";
});

function offer(reason) {
  if (page.form === "yes") {
    const mine = [...ui.messages.querySelectorAll(".mine .said")].map((said) => said.textContent);
    openForm(BY_MAIL, name, mine.join("\n"));
    if (started) tell(reason === "closed" && until ? `${closedUntil()} You can leave your question below.` : OFFER[reason]);
  } else if (reason === "closed") {
    tell(until ? `${closedUntil()} Please come back then, or ask at a service desk.`
      : "The chat is closed just now. Please come back when it is open, or ask at a service desk.");
  }
}

listen(() => ({ conversation, token }));

// Coming back: to the network, to the tab, or by loading the page again.

addEventListener("offline", () => socket && lost());
addEventListener("online", () => started && connect());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  document.title = TITLE;
  if (started) connect();
});

for (const each of pending) showWaiting(each);
tellStanding();
layout();
if (started) connect();
else if (availability === "closed") offer("closed");
