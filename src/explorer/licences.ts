// Collects the packages that end up in a bundle, workers included, and writes their licences beside it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

interface Package {
  name: string;
  version: string;
  license?: string;
  repository?: string | { url?: string };
}

const LICENCE = /^(licen[cs]e|copying|notice|third-?party-?notices)(\.(txt|md))?$/i;
const RULE = `\n\n${"=".repeat(80)}\n\n`;

export class Licences {
  private readonly folders = new Set<string>();

  /** Notes the package of every module of a bundle. */
  collect(): Plugin {
    return {
      name: "collect-licences",
      generateBundle: (_options, bundle) => {
        for (const chunk of Object.values(bundle)) {
          if (chunk.type === "chunk") {
            for (const id of chunk.moduleIds) this.note(id);
          }
        }
      },
      // Style sheets leave no module in a chunk.
      transform: (_code, id) => {
        if (/\.css($|\?)/.test(id)) this.note(id);
        return null;
      },
    };
  }

  /** Writes what was noted into the output of the main bundle, which is generated after those of its workers. */
  write(): Plugin {
    const text = (): string => this.text();
    return {
      name: "write-licences",
      generateBundle: {
        order: "post",
        handler(): void {
          this.emitFile({ type: "asset", fileName: "THIRD-PARTY-LICENCES.txt", source: text() });
        },
      },
    };
  }

  private note(id: string): void {
    const folder = packageOf(id);
    if (folder !== null) this.folders.add(folder);
  }

  private text(): string {
    const parts = [...this.folders].sort().map(describe);
    return `The explorer contains the following packages.${RULE}${parts.join(RULE)}\n`;
  }
}

/** The folder of the package a module belongs to, or null for a module of ours. */
function packageOf(id: string): string | null {
  const clean = id.replace(/^\0/, "").replace(/\?.*$/, "");
  if (!clean.includes("/node_modules/")) return null;
  let folder = dirname(clean);
  while (!existsSync(join(folder, "package.json")) || read(folder).version === undefined) {
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
  return folder;
}

function read(folder: string): Partial<Package> {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Partial<Package>;
}

function describe(folder: string): string {
  const { name, version, license, repository } = read(folder);
  const url = typeof repository === "string" ? repository : repository?.url;
  const files = readdirSync(folder).filter((file) => LICENCE.test(file)).sort();
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  return [`${name} ${version} (${license ?? "see below"})`, url ?? "", ...texts].filter(Boolean).join("\n\n");
}
