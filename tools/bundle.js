// Bundles scripts for a page, with the licences of the packages that are in the bundle.
// With --check, it writes nothing, and fails where what is there is not what it would write.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const packages = /node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/**
 * `build` is that of esbuild, which each folder of sources has for itself; `here` is that folder and `target` the
 * one that is written. `copied` are files of the sources that are written as they are; `make` is what to run anew.
 */
export async function bundle(build, { here, target, entry, format, licences, copied = [], make }) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: entry,
    bundle: true,
    minify: true,
    charset: "ascii", // nothing in it hides
    format,
    target: ["chrome111", "firefox121", "safari17.2"],
    legalComments: "none",
    metafile: true,
    outdir: target,
    write: false,
    nodePaths: process.env.NODE_PATH ? [process.env.NODE_PATH] : [],
  });
  const written = new Map(result.outputFiles.map((file) => [file.path, file.text]));
  written.set(join(target, licences.file), await terms(here, licences.first, Object.keys(result.metafile.inputs)));
  for (const name of copied) written.set(join(target, name), await readFile(join(here, "src", name), "utf8"));
  const stale = [];
  for (const [path, text] of written) {
    if (!process.argv.includes("--check")) await writeFile(path, text);
    else if ((await readFile(path, "utf8").catch(() => null)) !== text) stale.push(path);
  }
  if (stale.length) {
    console.error(`Not what the sources and the lock build; run “make ${make}”:\n${stale.join("\n")}`);
    process.exitCode = 1;
  }
}

/** The name, version and licence of each package that is in the bundle. */
async function terms(here, first, inputs) {
  const folders = new Map();
  for (const input of inputs) {
    const match = packages.exec(input);
    if (match) folders.set(match[1], input.slice(0, match.index + match[0].length));
  }
  const parts = [`${first}\n`];
  for (const [name, folder] of [...folders].sort()) {
    const path = join(here, folder);
    const described = JSON.parse(await readFile(join(path, "package.json"), "utf8"));
    const file = (await readdir(path)).sort().find((each) => /^(licen[cs]e|copying)/i.test(each));
    // Some packages hold no text of their licence: it is kept here, from their repositories.
    const kept = join(here, "licences", `${name.slice(1).replace("/", "+")}.txt`);
    const text = (await readFile(file ? join(path, file) : kept, "utf8")).replaceAll("\r\n", "\n").trim();
    parts.push(`${name} ${described.version} (${described.license})\n\n${text}\n`);
  }
  return parts.join(`\n${"-".repeat(72)}\n\n`);
}
