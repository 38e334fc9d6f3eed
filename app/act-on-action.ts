import { type ActionFunctionArgs, data, redirect } from "@remix-run/cloudflare";
import { exponentOf, minorUnits } from "#server/catalog/money.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { type FormFailure, formFailure, onlyOf } from "./form-errors.ts";
import { sayError } from "./i18n/error-words.ts";
import { wordsIn } from "./i18n/translator.server.ts";

type Revealed = Outputs["actions"]["reveal"];
type Step = Outputs["actions"]["get"]["steps"][number];

interface Ref {
  tenant: string;
  actionId: string;
}

/**
 * What the page of one action sent: a decision (`decision`, as lists send it), or by its `intent` a changed step, a request to undo, or a
 * look at whom it is about, which is on this answer alone.
 */
export async function actOnAction({ request, context }: Pick<ActionFunctionArgs, "request" | "context">, ref: Ref) {
  const form = await request.formData();
  const text = (name: string) => String(form.get(name) ?? "");
  try {
    if (form.has("decision")) await decide({ context }, ref, form);
    else {
      switch (text("intent")) {
        case "edit":
          await edit({ context }, ref, form);
          break;
        case "undo":
          await context.api.actions.undo(ref);
          context.toast({ kind: "success", message: wordsIn(context.locale)("approvals:did.undone") });
          break;
        case "settle":
          await context.api.actions.settle({ ...ref, place: Number(form.get("place")), done: form.get("done") === "1" });
          context.toast({ kind: "success", message: wordsIn(context.locale)("approvals:did.settled") });
          break;
        case "reveal":
          return { revealed: await context.api.actions.reveal(ref) } satisfies { revealed: Revealed };
        default:
          throw new Response("Unknown intent", { status: 422 });
      }
    }
  } catch (error) {
    // What somebody else changed meanwhile is shown as it is, and not written over by what was typed before.
    const isOutdated = context.describe(error).code === "action_changed";
    const sent = isOutdated ? onlyOf(form, "intent", "place") : form;
    return gone({ context }, error) ?? formFailure(error, { request, context }, sent);
  }
  return redirect(new URL(request.url).pathname);
}

type Asked = Pick<ActionFunctionArgs, "context">;

async function decide({ context }: Asked, ref: Ref, form: FormData) {
  const { api, locale, toast } = context;
  const hash =
    String(form.get("item") ?? "")
      .split(" ")
      .at(-1) ?? "";
  const { status } = await api.actions.get(ref);
  const approves = decisionIn(form) === "approve";
  if (approves) await api.actions.approve({ ...ref, hash });
  else await api.actions.reject({ ...ref, hash, reason: String(form.get("reason") ?? "") });
  const did = status === "shadowed" ? "rate" : approves ? "approve" : "reject";
  toast({ kind: "success", message: wordsIn(locale)(`approvals:did.${did}`, { count: 1 }) });
}

/** Yes or no; what is neither is no decision. */
export function decisionIn(form: FormData): "approve" | "reject" {
  const decision = form.get("decision");
  if (decision !== "approve" && decision !== "reject") throw new Response("Unknown decision", { status: 422 });
  return decision;
}

async function edit({ context }: Asked, ref: Ref, form: FormData) {
  const { api, locale, toast } = context;
  const place = Number(form.get("place"));
  const action = await api.actions.get(ref);
  const step = action.steps.find((each) => each.place === place);
  if (!step) throw new Response("There is no such step", { status: 422 });
  await api.actions.edit({ ...ref, hash: String(form.get("hash")), place, payload: editedPayload(step, form) });
  toast({ kind: "success", message: wordsIn(locale)("approvals:did.edited") });
}

/** The customer whom the shop knows no more is no page that is missing. */
function gone({ context }: Asked, error: unknown) {
  const described = context.describe(error);
  if (described.code !== "customer_not_found") return null;
  const failure: FormFailure = { intent: "reveal", message: sayError(context.locale, described), fields: {}, values: {} };
  return data(failure, { status: 404 });
}

/** A step's content with what its form sent in place of what stood there; what it did not send stays. */
export function editedPayload({ payload, edits }: Pick<Step, "payload" | "edits">, form: FormData): unknown {
  const edited: unknown = structuredClone(payload);
  for (const field of edits) {
    const sent = form.get(field.path);
    if (typeof sent === "string" && sent !== field.value) put(edited, field.path, sentAs(field, sent.trim()));
  }
  return edited;
}

/** What cannot be read in its type stays text, for the kind's own schema to refuse. */
function sentAs({ type, value, currency }: Step["edits"][number], sent: string): unknown {
  switch (type) {
    case "text":
    case "lines":
      return sent;
    case "number":
      return sent === "" || Number.isNaN(Number(sent)) ? sent : Number(sent);
    case "instant": {
      // A browser leaves out what it does not show.
      if (value.startsWith(sent) && sent !== "") return value;
      const at = Date.parse(`${sent}Z`);
      return Number.isNaN(at) ? sent : new Date(at).toISOString();
    }
    case "money":
      return { minor: minorOf(sent, currency ?? ""), currency };
    default:
      return type satisfies never;
  }
}

/**
 * Whole units of a currency as people write them, in minor units; what is none stays text, to be refused. So does what has more decimals
 * than the currency: `1,000` GBP and `10.000` JPY are thousands to whoever wrote them, and would be read as one pound and ten yen.
 */
export function minorOf(sent: string, currency: string): number | string {
  const written = sent.trim().replace(",", ".");
  const [, decimals = ""] = written.split(".");
  try {
    return decimals.length > exponentOf(currency) ? sent : minorUnits(written, currency);
  } catch (error) {
    if (error instanceof RangeError) return sent;
    throw error;
  }
}

function put(payload: unknown, path: string, value: unknown) {
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  const at = steps.reduce((each: unknown, step) => (isRecord(each) ? each[step] : undefined), payload);
  if (isRecord(at)) at[last] = value;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
