// "Copy as text". Without this file the text can be selected and copied by hand, so the button is shown only from here.
for (const tools of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(tools.dataset.copy);
  const said = tools.querySelector("[role=status]");
  tools.hidden = false;
  tools.querySelector("button").addEventListener("click", async () => {
    said.textContent = "";
    said.textContent = (await copied(text))
      ? "Copied."
      : "It could not be copied by itself. It is selected: press Ctrl and C, or hold a finger on it.";
  });
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.value);
    return true;
  } catch {
    text.focus();
    text.select();
    return false;
  }
}
