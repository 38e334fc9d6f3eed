import { readJson } from "#sandbox/body.ts";
import type { Grant } from "#sandbox/oauth/ledger.ts";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { slackError } from "./error.ts";
import { deleteMessage, history, type MethodCall, postEphemeral, postMessage, updateMessage } from "./messages.ts";
import { listChannels, userInfo } from "./workspace.ts";

interface Method {
  answer(call: MethodCall): Response;
  /** How often in how many milliseconds, and of what: of the workspace, or of one channel of it. */
  limit: { calls: number; ms: number; each: "workspace" | "channel" };
}

/** ../shared/providers.md, Slack / 5 Reads and writes, / 6 Limits. */
const methods: Readonly<Record<string, Method>> = {
  "/api/chat.postMessage": { answer: postMessage, limit: { calls: 1, ms: 1000, each: "channel" } },
  "/api/chat.update": { answer: updateMessage, limit: { calls: 50, ms: 60_000, each: "workspace" } },
  "/api/chat.postEphemeral": { answer: postEphemeral, limit: { calls: 100, ms: 60_000, each: "workspace" } },
  "/api/conversations.list": { answer: listChannels, limit: { calls: 20, ms: 60_000, each: "workspace" } },
  "/api/users.info": { answer: userInfo, limit: { calls: 100, ms: 60_000, each: "workspace" } },
  "/api/chat.delete": { answer: deleteMessage, limit: { calls: 50, ms: 60_000, each: "workspace" } },
  "/api/conversations.history": { answer: history, limit: { calls: 1, ms: 60_000, each: "workspace" } },
};

/** A method that has to do with messages, channels or people. */
export function answerSlack(state: SandboxState, call: Call, grant: Grant): Response {
  const { path } = call.route;
  const method = methods[path];
  if (!method) return slackError("unknown_method");
  const fields = fieldsOf(call);
  const { calls, ms, each } = method.limit;
  const of = each === "channel" ? `${grant.account} ${String(fields.channel)}` : grant.account;
  const startedAt = Math.floor(call.now / ms) * ms;
  const window = state.limits.windows.get(`slack ${path} ${of}`);
  const used = window?.startedAt === startedAt ? window.used : 0;
  if (state.limits.on && used >= calls) return call.provider.rateLimited(Math.max(1, Math.ceil((startedAt + ms - call.now) / 1000)));
  state.limits.windows.set(`slack ${path} ${of}`, { startedAt, used: used + 1 });
  return method.answer({ state, team: grant.account, scopes: grant.scopes, fields, now: call.now });
}

function fieldsOf({ request, url, body }: Call): Record<string, unknown> {
  if ((request.headers.get("content-type") ?? "").includes("json") && body !== "") {
    const read = readJson(body);
    return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : {};
  }
  return Object.fromEntries(request.method === "GET" ? url.searchParams : new URLSearchParams(body));
}
