// The form for when nobody can chat: a question that is answered by e-mail.
//
// It keeps its id until the library has taken it, so that a second try after a lost answer is the same question.

const at = (id) => document.getElementById(id);
const section = at("by-mail"), form = at("mail"), why = at("mail-why"), done = at("mail-done"), send = at("mail-send");
const FIELDS = ["email", "question"];

let id = "";

export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

// Show the form with a reason, and with what the visitor has written so far.
export function openForm(reason, name, question) {
  why.textContent = reason;
  form.elements.name.value ||= name;
  form.elements.question.value ||= question;
  section.hidden = false;
}

// Put the form away and forget what was in it.
export function closeForm() {
  section.hidden = true;
  form.reset();
  mark({});
  complain("");
  answered("");
}

// Send through `chat`, a function that says which conversation the visitor had begun.
export function listen(chat) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    const answer = await post(chat());
    send.disabled = false;
    complain(answer.ok ? "" : answer.text);
    mark(answer.fields ?? {});
    if (!answer.ok) return;
    id = "";
    form.reset();
    answered(answer.text);
    done.focus();
  });
}

async function post(chat) {
  id ||= newId();
  const body = JSON.stringify({ id, ...Object.fromEntries(new FormData(form)), ...chat });
  try {
    const response = await fetch("/chat/form", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    return { ok: response.ok, ...await response.json() };
  } catch {
    return { ok: false, text: "Your question could not be sent. It is still here; please try again in a moment." };
  }
}

function mark(wrong) {
  for (const field of FIELDS) {
    form.elements[field].setAttribute("aria-invalid", field in wrong ? "true" : "false");
    at(`mail-${field}-error`).textContent = wrong[field] ?? "";
  }
  const first = FIELDS.find((field) => field in wrong);
  if (first) form.elements[first].focus();
}

function complain(text) {
  at("mail-error").textContent = text;
}

function answered(text) {
  form.hidden = why.hidden = Boolean(text);
  done.hidden = !text;
  done.textContent = text;
}
