// Bundles the page of `testimonia write` into src/testimonia/workbench/static/, with the licences of what it holds.
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../bundle.js";

const here = dirname(fileURLToPath(import.meta.url));

await bundle(build, {
  here,
  target: process.env.WORKBENCH_STATIC ?? join(here, "../../src/testimonia/workbench/static"),
  entry: { workbench: "src/main.js" },
  format: "iife",
  licences: {
    file: "LICENCES.txt",
    first: "workbench.js and workbench.css hold these packages, besides the project's own sources.",
  },
  copied: ["index.html"],
  make: "workbench",
});
