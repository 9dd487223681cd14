// Tells the style sheets that scripts run. A file of its own, because the content policy allows nothing inline.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("nhsuk-frontend-supported");
}
