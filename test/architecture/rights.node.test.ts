import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { effects } from "#server/domain/runs/effects/registry.ts";

/**
 * Verbs that write and ask for no right, each with why it need not. Whoever adds one that writes says in its first line who may
 * (`requirePermission`, `requireStaff`, `requireAgency`, `requireUser`), or adds it here.
 */
const without = {
  "parts of what verbs write": [
    ...[
      "append",
      "commit",
      "commitIf",
      "commitBoth",
      "linkLine",
      "linkWaiting",
      "scheduleStatements",
      "alignJobs",
      "alignByTick",
      "outcomeStatements",
      "keepResources",
      "dropExports",
    ],
    ...[
      "countTry",
      "countWrongCode",
      "newSession",
      "startSession",
      "oweGrant",
      "debtWhere",
      "strikeDebt",
      "holdDebt",
      "showAccount",
      "activateClient",
    ],
    ...[
      "approve",
      "rateAction",
      "writeDecision",
      "beginStep",
      "noteStep",
      "noting",
      "voidRest",
      "deleteOrders",
      "adoptFacts",
      "endConnection",
      "replaceKey",
      "alarmOfRetired",
      "notify",
      "retracted",
      "addCosts",
      "goesNow",
    ],
  ],
  "by the cron and the queues alone": [
    ...["noteTick", "noteRates", "forgetRates", "deliver", "forgetUndelivered", "mailStandingLinks"],
    ...[
      "alignSchedules",
      "claimDue",
      "claimDebts",
      "claimRuns",
      "createGroupCommit",
      "runJob",
      "sweep",
      "recordDeadLetter",
      "workBatch",
      "workDead",
    ],
    ...[
      "forgetRequests",
      "forgetOccurrences",
      "forgetRenewals",
      "claimRenewals",
      "claimProbes",
      "alignPlans",
      "warnCliffs",
      "claimEnds",
      "needReconnect",
      "renewDue",
      "probeDue",
    ],
    ...[
      "claimRefresh",
      "dropRefresh",
      "releaseRefresh",
      "keepRenewed",
      "recordAttempt",
      "startDeletions",
      "sweepExports",
      "eraseTenant",
      "makeExport",
    ],
    ...["eraseMembers", "eraseRows", "watchProviders", "drainGently", "tryAFew", "logTransport", "claimSubscriptions", "subscribeEvents"],
    ...[
      "sweepWebhooks",
      "sendHeld",
      "sweepActions",
      "refreshFindings",
      "workActions",
      "workTurn",
      "givingTurns",
      "commitDue",
      "claimingActions",
      "endTurns",
      "sweepTurns",
      "decideByPolicy",
      "workRehearsal",
      "sweepRehearsals",
      "fallBack",
      "modeNoted",
      "planDigest",
      "claimDigests",
      "tellWaiting",
      "tellFall",
      "askInChannel",
      "showPost",
      "sweepAsked",
      "setPost",
      "dropPost",
      "settle",
      "forgetNotices",
      "endAccess",
      "replaceScopes",
      "probeSoon",
      "conclude",
      "wakeJobs",
      "deleteProduct",
      "workDelivery",
      "meetPrivacyDemand",
    ],
  ],
  "proven by a link, a code or a state that only its owner has": [
    "redeemLink",
    "redeemCode",
    "acceptInvitation",
    "claimState",
    "keepEnd",
    "dropState",
  ],
  "told by visitors' browsers: counted up to a limit, and acted on by nothing": ["receiveSignal"],
  "proven by the provider's signature, or kept because it is not": ["keepEvents", "keepRefusal", "receiveWebhook", "receiveFlowCall"],
  "for anybody, until an admin decides": ["requestWorkspace"],
  "for anybody, about their own browser": ["requestSignIn", "resendSignIn", "sendStandingLink", "signOut"],
  "no change of anything but when somebody was last here": ["noteActivity"],
} as const;
/** How each kind of row of a run is written, too: part of the batch in which the engine writes its outcome. */
const known = new Map([
  ...Object.entries(without).flatMap(([why, verbs]) => verbs.map((verb) => [verb as string, why] as const)),
  ...effects.map(({ name }) => [name, "parts of what verbs write"] as const),
]);

const rights = /^(const [^=]+= )?require(Permission|Staff|Agency|User)\((ctx|outer)\b/;
const writes = /\b(commit|commitIf|append|batchOf)\(|\.(insert|update|delete)\(\w+\)/;
const read = (paths: string) =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", paths], { encoding: "utf8" })
    .trim()
    .split("\n")
    .filter((path) => path.endsWith(".ts"))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));

interface Verb {
  name: string;
  path: string;
  body: string;
  /** Its first statement. */
  first: string;
}

function verbsOf({ path, text }: { path: string; text: string }): Verb[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const verb = (name: ts.Node, body: ts.ConciseBody): Verb => {
    const first = ts.isBlock(body) ? (body.statements[0]?.getText() ?? "") : body.getText();
    return { name: name.getText(), path, body: body.getText(), first };
  };
  return source.statements.flatMap((statement): Verb[] => {
    if (!ts.canHaveModifiers(statement) || !ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    if (ts.isFunctionDeclaration(statement) && statement.name && statement.body) return [verb(statement.name, statement.body)];
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
      initializer && ts.isArrowFunction(initializer) ? [verb(name, initializer.body)] : [],
    );
  });
}

const verbs = read("server/domain").flatMap(verbsOf);

/** `noun.verb` of each mutation, the right that its door asks for, and what it calls with its context. */
const mutations = read("server/trpc/routers").flatMap(({ path, text }) =>
  [...text.matchAll(/^ {2}(\w+): (\w+)(?:\("([\w:]+)"\))?((?:(?!^ {2}\w+: )[\s\S])*?)\.mutation\(([\s\S]*?)\),?\n/gm)].map(
    ([, name, door, right, , call]) => ({
      name: `${path.split("/").at(-1)?.replace(".ts", "")}.${name}`,
      door,
      right,
      calls: [...(call ?? "").matchAll(/(\w+)\(ctx\b/g)].map(([, called = ""]) => called),
    }),
  ),
);

test("every verb that writes says in its first line who may, or stands in the table of those that need not", () => {
  const open = verbs.filter(({ name, body, first }) => writes.test(body) && !rights.test(first) && !known.has(name));
  expect(open.map(({ path, name }) => `${path}: ${name} writes, and asks for no right first`)).toEqual([]);
});

test("every mutation calls a verb that asks for the right by itself, in its first line, and for the same one as its door", () => {
  const found = read("server/trpc/routers").reduce((sum, { text }) => sum + (text.match(/\.mutation\(/g)?.length ?? 0), 0);
  expect(mutations).toHaveLength(found);
  const faults = mutations.flatMap(({ name, door, right, calls }) => {
    const own = verbs.filter((each) => calls.includes(each.name));
    const verb = own.find(({ first }) => rights.test(first)) ?? own[0];
    if (!verb) return [`${name}: no verb of the domain is called`];
    const called = verb.name;
    const why = known.get(called);
    if (door === "publicProcedure")
      return why?.startsWith("proven") || why?.startsWith("for anybody") ? [] : [`${name} is open to anybody`];
    const asked = /^(?:const [^=]+= )?require(\w+)\(ctx(?:, "([\w:]+)")?/.exec(verb.first);
    if (!asked) return [`${name}: ${called} asks for no right first`];
    const [, by = "", permission] = asked;
    const fits = {
      personal: by === "User",
      staff: by === "Staff" || by === "Agency" || permission !== undefined,
      staffIn: by === "Staff" || by === "Agency" || permission !== undefined,
      member: permission === right || by === "User",
      memberOrStaff: permission === right,
    }[door ?? ""];
    return fits ? [] : [`${name}: its door asks for ${door} ${right ?? ""}, ${called} for ${by} ${permission ?? ""}`];
  });
  expect(faults).toEqual([]);
});

test("what asks for no right is called by no door that people come through", () => {
  const engine: readonly string[] = without["by the cron and the queues alone"];
  const doors = [...read("server/trpc"), ...read("workers/routes"), ...read("app/routes")];
  const faults = doors.flatMap(({ path, text }) =>
    engine
      .filter((name) => new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from "#server/domain`).test(text))
      .map((name) => `${path}: ${name}`),
  );
  expect(faults).toEqual([]);
});

test("the table names verbs that are there, and none that asks by itself", () => {
  const stale = [...known.keys()].filter((name) => !verbs.some((verb) => verb.name === name && !rights.test(verb.first)));
  expect(stale).toEqual([]);
});
