// Bundles each file of src/ into server/static/vendor/; what lies in folders of src/ are parts of them.
import { build } from "esbuild";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

process.chdir(import.meta.dirname);
const source = "src/";
const target = "../static/vendor/";

rmSync(target, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: readdirSync(source).filter((name) => name.endsWith(".js")).map((name) => source + name),
  absWorkingDir: import.meta.dirname,
  outdir: target,
  bundle: true,
  splitting: true,
  chunkNames: "part-[hash]",
  format: "esm",
  minify: true,
  metafile: true,
  target: "es2022",
  logLevel: "warning",
});

for (const path of Object.keys(metafile.outputs)) writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)));

// their licences ask to go with them; this file comes last, and make looks for it
const folders = Object.keys(metafile.inputs).map((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
const licences = [...new Set(folders.filter(Boolean))].sort().map((folder) => {
  const name = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${folder.slice("node_modules/".length)}\n\n${readFileSync(`${folder}/${name}`, "utf8")}`;
});
writeFileSync(`${target}LICENSES.txt`, licences.join("\n\n"));
