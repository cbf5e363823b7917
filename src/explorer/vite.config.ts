// How the explorer becomes a handful of files: no source maps, relative addresses, names that change with their content,
// and beside them the licences of every package that is inside.
import { defineConfig } from "vite";
import { Licences } from "./licences.ts";

const licences = new Licences();

export default defineConfig({
  base: "./",
  logLevel: "error",
  build: {
    target: "es2022",
    outDir: "built",
    emptyOutDir: true,
    assetsDir: ".",
    manifest: "manifest.json",
    sourcemap: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4096,
    rolldownOptions: { input: "main.tsx" },
  },
  plugins: [licences.collect(), licences.write()],
  worker: { format: "es", plugins: () => [licences.collect()] },
});
