// Warns before the session's time runs out, and keeps what was typed. Without this file the same limits hold on the server,
// and a form sent too late is kept there and given back.
const dialog = document.getElementById("timeout");
if (dialog && dialog.showModal) {
  watch(dialog);
}

function watch(dialog) {
  const address = dialog.dataset.session;
  const warnAt = Number(dialog.dataset.warn);
  const keepAt = 20;
  const said = dialog.querySelector("[data-said]");
  const stay = dialog.querySelector("form[data-stay]");
  let ends = Date.now() + Number(dialog.dataset.left) * 1000;
  let typed = null;
  let kept = false;
  let busy = false;
  let leaving = false;
  let ended = false;

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post" && !dialog.contains(form)) {
      typed = form;
      kept = false;
    }
  });
  document.addEventListener("submit", (event) => {
    if (event.target === typed) typed = null;
  });
  stay.addEventListener("submit", (event) => {
    event.preventDefault();
    stretch();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stretch();
  });
  setInterval(tick, 1000);

  function left() {
    return Math.round((ends - Date.now()) / 1000);
  }

  async function ask(fields) {
    const options = { credentials: "same-origin", redirect: "error" };
    const answer = await fetch(address, fields ? { ...options, method: "POST", body: fields } : options);
    const told = (await answer.json()).left;
    ended = told === 0;
    ends = Date.now() + told * 1000;
  }

  async function stretch() {
    try {
      await ask(new URLSearchParams(new FormData(stay)));
    } catch {
      // The server cannot be reached: the count goes on, and says so by not stopping.
    }
    if (left() > warnAt) {
      dialog.close();
    } else {
      stay.hidden = true;
    }
  }

  async function tick() {
    if (busy || leaving || left() > warnAt) {
      if (!busy && dialog.open && left() > warnAt) dialog.close();
      return;
    }
    busy = true;
    try {
      // Another page of this browser may have been used meanwhile.
      if (!dialog.open || left() % 30 === 0 || left() <= 0) await ask();
      if (left() > warnAt) return;
      if (left() <= keepAt && typed && !kept) await keep();
    } catch {
      // As above.
    } finally {
      busy = false;
    }
    // Only once the server says so, or cannot be asked: a request before that would be use.
    if (ended || left() < -10) {
      leaving = true;
      window.location.assign(window.location.pathname + window.location.search);
      return;
    }
    if (!dialog.open) dialog.showModal();
    const words = inWords(left());
    if (said.textContent !== words) said.textContent = words;
  }

  async function keep() {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(typed)) {
      if (typeof value === "string") fields.append(name, value);
    }
    fields.set("what", "keep");
    fields.set("path", new URL(typed.action).pathname);
    kept = true;
    await ask(fields);
  }

  // Said in steps, so that a screen reader is not read every second.
  function inWords(seconds) {
    if (seconds > 90) return "2 minutes";
    if (seconds > 45) return "1 minute";
    return seconds > 20 ? "less than a minute" : "a few seconds";
  }
}
