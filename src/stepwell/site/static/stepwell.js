// Wakes the NHS components. Every page works without this file.
import { initAll } from "./built/nhsuk-frontend.min.js";

initAll();
