import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/** Who may import whom. A room is a path's beginning; the longest one that fits counts. */
const mayImport: Record<string, { rooms: readonly string[]; packages: "any" | RegExp; sentence: string }> = {
  "workers/": { rooms: ["workers/", "server/", "db/", "app/"], packages: "any", sentence: "workers compose everything" },
  "app/": {
    rooms: ["app/", "server/trpc/ (types)", "server/domain/*/schemas", "server/catalog/currencies"],
    packages: "any",
    sentence: "app knows the procedures' types, the schemas of forms and the table of currencies, nothing else of the server",
  },
  "server/trpc/": {
    rooms: ["server/trpc/", "server/domain/", "server/catalog/", "server/ctx", "server/errors", "server/auth", "server/flash"],
    packages: /^(@trpc\/server|zod)/,
    sentence: "a router is a table of contents over verbs",
  },
  "server/domain/": {
    rooms: [
      "server/domain/",
      "db/",
      "server/catalog/",
      "server/ctx",
      "server/errors",
      "server/ids",
      "server/messages",
      "server/log",
      "server/env",
      "server/auth",
    ],
    packages: /^(drizzle-orm|zod|arctic|oslo|fflate|@oslojs\/)/,
    sentence: "a verb knows no Remix, no Hono, no Request",
  },
  "server/catalog/": {
    rooms: ["server/catalog/", "server/errors"],
    packages: /^(zod|@oslojs\/)/,
    sentence: "what is on the shelf knows zod, errors and its own shelf",
  },
  "server/": {
    rooms: ["server/", "db/"],
    packages: /^(drizzle-orm|zod|oslo|@oslojs\/)/,
    sentence: "the server knows no Remix and no Hono",
  },
  "db/": {
    rooms: ["db/", "server/domain/*/schemas (types)"],
    packages: /^(drizzle-orm|zod)/,
    sentence: "db knows drizzle, and the words of its columns",
  },
};

interface Import {
  file: string;
  target: string;
  typeOnly: boolean;
}

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "app", "server", "db", "workers"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"));

const imports: Import[] = files.flatMap((file) => {
  const statements = readFileSync(file, "utf8").matchAll(
    /^\s*(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|import\(\s*"([^"]+)"\s*\)/gm,
  );
  return [...statements].map(([, type, named, dynamic]) => ({
    file,
    target: resolveTarget(file, named ?? dynamic ?? ""),
    typeOnly: type !== undefined,
  }));
});

function resolveTarget(file: string, specifier: string): string {
  if (specifier.startsWith("#")) return specifier.slice(1);
  if (specifier.startsWith(".")) return normalize(`${dirname(file)}/${specifier}`);
  return specifier;
}

const roomOf = (file: string) => Object.keys(mayImport).find((room) => file.startsWith(room)) ?? "";
const isOurs = (target: string) => /^(app|server|db|workers|test|scripts)\//.test(target);

function fits(target: string, room: string, typeOnly: boolean): boolean {
  const [path = "", types] = room.split(" ");
  if (types && !typeOnly) return false;
  if (path.includes("*")) return new RegExp(`^${path.replace("*", "[^/]+")}`).test(target);
  return target.startsWith(path);
}

describe("who imports whom", () => {
  test("the imports are really read", () => {
    expect(imports.length).toBeGreaterThan(files.length);
  });

  test("every import stays within what its room may know", () => {
    const broken = imports.flatMap(({ file, target, typeOnly }) => {
      const rule = mayImport[roomOf(file)];
      if (!rule) return [];
      const allowed = isOurs(target)
        ? rule.rooms.some((room) => fits(target, room, typeOnly))
        : rule.packages === "any" || typeOnly || rule.packages.test(target);
      return allowed ? [] : [`${file} imports ${target}, but ${rule.sentence}`];
    });
    expect(broken).toEqual([]);
  });

  test("cloudflare:* and Remix are named only in workers, server/env.ts and app", () => {
    const broken = imports.filter(
      ({ file, target }) => /^(cloudflare:|@remix-run\/)/.test(target) && !/^(workers\/|app\/|server\/env\.ts)/.test(file),
    );
    expect(broken.map(({ file, target }) => `${file} names ${target}`)).toEqual([]);
  });

  test("our own rooms are reached by #paths, never by climbing with ../ out of a folder's area", () => {
    const climbing = files.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/from "(\.\.\/\.\.\/[^"]+)"/g)].map(([, path]) => `${file} climbs to ${path}`),
    );
    expect(climbing).toEqual([]);
  });

  test("no circle between the files of the server", () => {
    const graph = new Map<string, string[]>();
    for (const { file, target, typeOnly } of imports) {
      if (!typeOnly && file.startsWith("server/") && target.startsWith("server/")) graph.set(file, [...(graph.get(file) ?? []), target]);
    }
    expect(findCircle(graph)).toBeNull();
  });
});

function findCircle(graph: ReadonlyMap<string, readonly string[]>): string | null {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(" -> ");
    if (done.has(file)) return null;
    for (const next of graph.get(file) ?? []) {
      const circle = walk(next, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const circle = walk(file, []);
    if (circle) return circle;
  }
  return null;
}
