import { type ActionFunctionArgs, data, redirect } from "@remix-run/cloudflare";
import type { ErrorCode } from "#server/errors.ts";
import type { Inputs, Outputs } from "#server/trpc/root.ts";
import { decisionIn } from "./act-on-action.ts";
import { type FormFailure, formFailure } from "./form-errors.ts";
import { sayError } from "./i18n/error-words.ts";
import type { Locale } from "./i18n/locale.ts";
import { wordsIn } from "./i18n/translator.server.ts";

/** What a list's form did not decide. */
export interface Refusals {
  /** How many it did, in words; null where none. */
  decided: string | null;
  /** How many it did not. */
  title: string;
  /** Why not, each reason once. */
  reasons: readonly string[];
  /** The same by action. */
  items: Readonly<Record<string, string>>;
}

interface Ref {
  tenant: string;
  actionId: string;
  hash: string;
}

/**
 * What a list of actions sent: the same decision (`decision`, `reason`) of each `item`, see `refOf`. `inside`: the one client whose page it
 * is; left out, items are of any client. Leads back to the page, or says what was not decided and why.
 */
export async function decideListed({ request, context }: Pick<ActionFunctionArgs, "request" | "context">, form: FormData, inside?: string) {
  const { api, locale, toast } = context;
  const t = wordsIn(locale);
  const items = form.getAll("item").map((item) => refIn(String(item), inside));
  const decision = decisionIn(form);
  if (items.length === 0) {
    const failure: FormFailure = { intent: "", message: t("approvals:bulk.none"), fields: {}, values: {} };
    return data(failure, { status: 422 });
  }
  const decided = { decided: 0, refused: [] as Outputs["actions"]["decide"]["refused"] };
  try {
    for (const [tenant, own] of byTenant(items)) {
      const input: Inputs["actions"]["decide"] = { tenant, decision, reason: String(form.get("reason") ?? ""), items: own };
      const answer = await api.actions.decide(input);
      decided.decided += answer.decided;
      decided.refused.push(...answer.refused);
    }
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  const { pathname, search, searchParams } = new URL(request.url);
  const rated = searchParams.get("view") === "shadowed";
  const said = t(`approvals:did.${rated ? "rate" : decision}`, { count: decided.decided });
  if (decided.refused.length > 0) {
    const refusals = refusalsOf(decided, locale, decided.decided > 0 ? said : null);
    return data(refusals, { status: decided.decided > 0 ? 200 : 409 });
  }
  toast({ kind: "success", message: said });
  return redirect(`${pathname}${search}`);
}

function refIn(item: string, inside: string | undefined): Ref {
  const [tenant = "", actionId = "", hash = ""] = item.split(" ");
  return { tenant: inside ?? tenant, actionId, hash };
}

function byTenant(refs: readonly Ref[]): Map<string, { actionId: string; hash: string }[]> {
  const groups = new Map<string, { actionId: string; hash: string }[]>();
  for (const { tenant, ...ref } of refs) groups.set(tenant, [...(groups.get(tenant) ?? []), ref]);
  return groups;
}

function refusalsOf({ refused }: Outputs["actions"]["decide"], locale: Locale, decided: string | null): Refusals {
  // The codes of refusals have sentences that name nothing.
  const say = (code: string) => sayError(locale, { code: code as ErrorCode, params: {} });
  return {
    decided,
    title: wordsIn(locale)("approvals:refused.some", { count: refused.length }),
    reasons: [...new Set(refused.map(({ code }) => say(code)))],
    items: Object.fromEntries(refused.map(({ actionId, code }) => [actionId, say(code)])),
  };
}
