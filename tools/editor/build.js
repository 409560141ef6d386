// Bundles the editor of the SPARQL pages into src/testimonia/pages/editor/, with the licences of what it holds.
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../bundle.js";

const here = dirname(fileURLToPath(import.meta.url));

await bundle(build, {
  here,
  target: process.env.EDITOR_BUNDLE ?? join(here, "../../src/testimonia/pages/editor"),
  entry: { editor: "src/main.js" },
  format: "esm",
  licences: {
    file: "editor-licences.txt",
    first: "editor.js holds these packages, besides the project's own sources.",
  },
  make: "editor",
});
