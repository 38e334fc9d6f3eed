import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/**
 * The rooms of the domain, the lowest first: each imports only what stands before it. A verb belongs to the highest room that it needs;
 * a room that would need one above it holds a verb that belongs there.
 */
const ranks = [
  "tenancy",
  "notices",
  "costs",
  "audit",
  "turns",
  "vault",
  "wire",
  "connections",
  "schedules",
  "tokens",
  "incidents",
  "health",
  "commerce",
  "people",
  "clients",
  "actions",
  "lift",
  "learning",
  "referrals",
  "crm",
  "syncs",
  "supply",
  "asking",
  "runs",
  "rehearsals",
  "metrics",
  "connecting",
  "integrations",
  "custody",
  "webhooks",
  "flow",
  "mail",
];

/** Who may import whom. A room is a path's beginning; the first one here that fits counts. */
const mayImport: Record<string, { rooms: readonly string[]; packages: "any" | RegExp; sentence: string }> = {
  "workers/": { rooms: ["workers/", "server/", "db/", "app/"], packages: "any", sentence: "workers compose everything" },
  "app/components/ui/": {
    rooms: ["app/components/ui/", "app/i18n/"],
    packages: "any",
    sentence: "what is drawn everywhere knows nothing of the product",
  },
  "app/": {
    rooms: [
      "app/",
      "server/trpc/ (types)",
      "server/errors (types)",
      "server/domain/*/schemas",
      "server/domain/tenancy/fold-text",
      "server/domain/tenancy/slug-of",
      "server/catalog/currencies",
      "server/catalog/money",
      "db/words/",
    ],
    packages: "any",
    sentence:
      "app knows the procedures' types, the schemas of forms, the words of the columns, the table of currencies and how amounts are written",
  },
  "server/trpc/": {
    rooms: ["server/trpc/", "server/domain/", "server/catalog/", "server/ctx", "server/errors", "server/auth", "server/flash", "db/words/"],
    packages: /^(@trpc\/server|zod)/,
    sentence: "a router is a table of contents over verbs",
  },
  "server/models/": {
    rooms: ["server/models/"],
    packages: /^@stdlib\//,
    sentence: "a model is mathematics: it knows nothing of ours, asks nobody, and has no clock",
  },
  "server/domain/": {
    rooms: [
      "server/domain/",
      "server/models/",
      "db/",
      "server/catalog/",
      "server/ctx",
      "server/errors",
      "server/csv",
      "server/ids",
      "server/messages",
      "server/log",
      "server/env",
      "server/auth",
      "server/rate-",
    ],
    packages: /^(drizzle-orm|zod|arctic|oslo|fflate|@oslojs\/)/,
    sentence: "a verb knows no Remix, no Hono, no Request",
  },
  "server/catalog/": {
    rooms: ["server/catalog/", "server/models/", "server/errors", "server/rate-budget (types)", "db/words/"],
    packages: /^(zod|@oslojs\/)/,
    sentence: "what is on the shelf knows zod, errors, how limits are counted and its own shelf",
  },
  "server/": {
    rooms: ["server/", "db/"],
    packages: /^(drizzle-orm|zod|oslo|@oslojs\/)/,
    sentence: "the server knows no Remix and no Hono",
  },
  "db/": { rooms: ["db/"], packages: /^(drizzle-orm|zod)/, sentence: "db knows drizzle and its own words, and nothing above it" },
  "scripts/": {
    rooms: ["scripts/", "server/", "db/", "workers/", "sandbox/"],
    packages: "any",
    sentence: "a script starts the product and its stand-ins, and draws no pages",
  },
  "sandbox/": { rooms: ["sandbox/"], packages: "any", sentence: "the sandbox is a product of its own, and knows nothing of ours" },
};

interface Import {
  file: string;
  target: string;
  typeOnly: boolean;
}

const files = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "app", "server", "db", "workers", "scripts", "sandbox"],
  {
    encoding: "utf8",
  },
)
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
const isOurs = (target: string) => /^(app|server|db|workers|test|scripts|sandbox)\//.test(target);

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

  test("a room of the domain imports only what stands below it", () => {
    const rankOf = (path: string) => {
      const room = /^server\/domain\/([^/]+)\//.exec(path)?.[1];
      return room === undefined ? undefined : ranks.indexOf(room);
    };
    const up = imports.filter(({ file, target }) => (rankOf(file) ?? ranks.length) < (rankOf(target) ?? 0));
    expect(up.map(({ file, target }) => `${file} imports ${target}, which stands above it`)).toEqual([]);
    expect(
      files.filter((file) => rankOf(file) === -1),
      "every room has its rank",
    ).toEqual([]);
  });

  test("what reads is handed no writer: only who asks for events or in a client's channel acts, and an action", () => {
    const acts =
      /^(server\/(catalog\/(writer\.|actions\/|webhooks\/)|domain\/(wire|actions|asking|webhooks)\/|domain\/tokens\/open-writer\.)|workers\/)/;
    const writers = /^server\/(catalog\/writer|domain\/tokens\/open-writer|domain\/wire\/send-write)\./;
    const reading = imports.filter(({ file, target }) => writers.test(target) && !acts.test(file));
    expect(reading.map(({ file, target }) => `${file} imports ${target}, but only what acts is handed a writer`)).toEqual([]);
    expect(imports.filter(({ target }) => writers.test(target)).length, "writers are where they are looked for").toBeGreaterThan(3);
  });

  test("what leaves the Worker holds one of its six connections", () => {
    const sending = files.filter((file) => /^(server|workers)\//.test(file) && /\bctx\.fetch\(/.test(readFileSync(file, "utf8")));
    expect(sending).toEqual(["server/domain/mail/resend-transport.ts", "server/domain/wire/send-request.ts"]);
    for (const file of sending) expect(readFileSync(file, "utf8"), file).toContain("ctx.slots.hold(");
  });

  test("the README lists the rooms of the domain in their ranks", () => {
    const [, table = ""] = /\| room \| holds \|\n\| --- \| --- \|\n((?:\|.*\n)+)/.exec(readFileSync("README.md", "utf8")) ?? [];
    expect(table.split("\n").flatMap((line) => line.split("|")[1]?.trim().split(", ") ?? [])).toEqual(ranks);
  });

  test("cloudflare:* and Remix are named only in workers, server/env.ts, app and the sandbox", () => {
    const broken = imports.filter(
      ({ file, target }) => /^(cloudflare:|@remix-run\/)/.test(target) && !/^(workers\/|app\/|sandbox\/|server\/env\.ts)/.test(file),
    );
    expect(broken.map(({ file, target }) => `${file} names ${target}`)).toEqual([]);
  });

  test("our own rooms are reached by #paths, never by climbing with ../ out of a folder's area", () => {
    const climbing = files.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/from "(\.\.\/\.\.\/[^"]+)"/g)].map(([, path]) => `${file} climbs to ${path}`),
    );
    expect(climbing).toEqual([]);
  });

  test("no circle between files, types included", () => {
    const graph = new Map<string, string[]>();
    for (const { file, target } of imports) if (isOurs(target)) graph.set(file, [...(graph.get(file) ?? []), target]);
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
