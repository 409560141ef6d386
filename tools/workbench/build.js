// Bundles the page of `testimonia write` into src/testimonia/workbench/static/, with the licences of what it holds.
// With --check, it writes nothing, and fails where what is there is not what it would write.
import { build } from "esbuild";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.env.WORKBENCH_STATIC ?? join(here, "../../src/testimonia/workbench/static");
const packages = /node_modules\/((?:@[^/]+\/)?[^/]+)\//;

const result = await build({
  absWorkingDir: here,
  entryPoints: { workbench: "src/main.js" },
  bundle: true,
  minify: true,
  charset: "ascii", // nothing in it hides
  format: "iife",
  target: ["chrome111", "firefox121", "safari17.2"],
  legalComments: "none",
  metafile: true,
  outdir: target,
  write: false,
  nodePaths: process.env.NODE_PATH ? [process.env.NODE_PATH] : [],
});

const written = new Map(result.outputFiles.map((file) => [file.path, file.text]));
written.set(join(target, "LICENCES.txt"), await licences(Object.keys(result.metafile.inputs)));
written.set(join(target, "index.html"), await readFile(join(here, "src/index.html"), "utf8"));

const stale = [];
for (const [path, text] of written) {
  if (!process.argv.includes("--check")) await writeFile(path, text);
  else if ((await readFile(path, "utf8").catch(() => null)) !== text) stale.push(path);
}
if (stale.length) {
  console.error(`Not what the sources and the lock build; run “make workbench”:\n${stale.join("\n")}`);
  process.exitCode = 1;
}

/** The name, version and licence of each package that is in the bundle. */
async function licences(inputs) {
  const folders = new Map();
  for (const input of inputs) {
    const match = packages.exec(input);
    if (match) folders.set(match[1], input.slice(0, match.index + match[0].length));
  }
  const parts = ["workbench.js and workbench.css hold these packages, besides the project's own sources.\n"];
  for (const [name, folder] of [...folders].sort()) {
    const path = join(here, folder);
    const described = JSON.parse(await readFile(join(path, "package.json"), "utf8"));
    const file = (await readdir(path)).sort().find((each) => /^(licen[cs]e|copying)/i.test(each));
    // Some packages hold no text of their licence: it is kept here, from their repositories.
    const kept = join(here, "licences", `${name.slice(1).replace("/", "+")}.txt`);
    const terms = (await readFile(file ? join(path, file) : kept, "utf8")).replaceAll("\r\n", "\n").trim();
    parts.push(`${name} ${described.version} (${described.license})\n\n${terms}\n`);
  }
  return parts.join(`\n${"-".repeat(72)}\n\n`);
}
