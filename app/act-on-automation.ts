import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { decimalOf } from "#server/catalog/money.ts";
import type { Inputs, Outputs } from "#server/trpc/root.ts";
import { minorOf } from "./act-on-action.ts";
import { drawLift } from "./draw-lift.server.ts";
import { drawOutlook } from "./draw-outlook.server.ts";
import { formFailure, onlyOf } from "./form-errors.ts";
import { regionOf } from "./i18n/locale.ts";
import { wordsIn } from "./i18n/translator.server.ts";
import { nameOwners, ownerIds, readOwners } from "./name-owners.server.ts";
import { asNumber, type Setting, sentConfig } from "./setting-form.ts";

type Asked = Pick<ActionFunctionArgs, "request" | "context">;
type AutomationState = Outputs["policies"]["automations"]["automations"][number];

/** The limits of a policy that are money. */
const MONEY = ["stakeADay", "largestStake", "memberStake"] as const;
const TIMES = ["quietFrom", "quietTo"] as const;
const COUNTS = ["actionsADay", "peopleADay", "holdout", "effectPoints"] as const;

/** How a client's automations stand, as their page shows it. */
export const loadAutomations = ({ context: { api } }: Pick<Asked, "context">, tenant: string) => api.policies.automations({ tenant });

/** One automation, its settings, and its money in whole units of the client's currency. Throws a 404 for what is none. */
export async function loadAutomation(
  { context }: Pick<Asked, "context">,
  { tenant, automation, currency }: { tenant: string; automation: string; currency: string },
) {
  const { api } = context;
  const { state, standing, fields: stored } = await loadAutomationState(api, { tenant, automation });
  const fields = state.shows === "crm" ? nameOwners(stored, await readOwners(context, tenant)) : stored;
  const autonomy = await api.policies.autonomy({ tenant, automation });
  const money = Object.fromEntries(MONEY.map((name) => [name, decimalOf(state.policy[name], currency)])) as Record<
    (typeof MONEY)[number],
    string
  >;
  return { state, autonomy, standing, currency, money, fields };
}

/** One automation as its client has it, and its settings. Throws a 404 for what is none. */
export async function loadAutomationState(api: Asked["context"]["api"], { tenant, automation }: { tenant: string; automation: string }) {
  const [{ automations, ...standing }, settings] = await Promise.all([
    api.policies.automations({ tenant }),
    api.policies.settings({ tenant }),
  ]);
  const state = automations.find(({ id }) => id === automation);
  if (!state) throw new Response("There is no such automation", { status: 404 });
  return { state, standing, fields: settings.find(({ job }) => job === automation)?.fields ?? [] };
}

/** What it brought, in words and figures for the page of one automation. */
export const loadLift = async (
  { request, context: { api, locale } }: Asked,
  { tenant, automation, timeZone }: { tenant: string; automation: string; timeZone: string },
) =>
  drawLift(await api.lift.get({ tenant, automation }), {
    ...{ locale, timeZone },
    region: regionOf(request.headers.get("accept-language"), locale),
  });

/** What it expects of customers and how sure that is; null where it reads no such thing. */
export const loadOutlook = async (
  { request, context: { api, locale } }: Asked,
  { tenant, automation }: { tenant: string; automation: string },
) =>
  drawOutlook(await api.outlook.get({ tenant, automation }), { locale, region: regionOf(request.headers.get("accept-language"), locale) });

/** What the list of automations sent: the kill switch, and back. */
export async function actOnAutomations({ request, context }: Asked, tenant: string) {
  const form = await request.formData();
  const { api, locale, toast } = context;
  const t = wordsIn(locale);
  try {
    switch (form.get("intent")) {
      case "stop":
        await api.policies.stop({ tenant });
        toast({ kind: "success", message: t("approvals:did.stopped") });
        break;
      case "resume":
        await api.policies.resume({ tenant });
        toast({ kind: "success", message: t("approvals:did.resumed") });
        break;
      default:
        throw new Response("Unknown intent", { status: 422 });
    }
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  return redirect(new URL(request.url).pathname);
}

/**
 * What the page of one automation sent, by its `intent`: how far it may go (`policy`), that it begins in shadow (`on`) or acts by itself (`auto`), its settings, or that
 * it runs now. `staff`: an admin of the agency asks, for whom it is not to say whether the agency decides.
 */
export async function actOnAutomation(
  { request, context }: Asked,
  { tenant, automation, currency, staff }: { tenant: string; automation: string; currency: string; staff: boolean },
) {
  const form = await request.formData();
  const { api, locale, toast } = context;
  const t = wordsIn(locale);
  try {
    const { state, fields } = await loadAutomationState(api, { tenant, automation });
    const name = state.title[locale];
    switch (form.get("intent")) {
      case "policy":
        await api.policies.set({ tenant, automation, ...policyIn(form, { currency, staff }), was: wasIn(form) });
        toast({ kind: "success", message: t("automations:policy.saved", { automation: name }) });
        break;
      case "auto":
        await api.policies.set({ tenant, automation, mode: "auto", was: wasIn(form) });
        toast({ kind: "success", message: t("automations:policy.saved", { automation: name }) });
        break;
      case "on":
        await api.policies.set({ tenant, automation, mode: "shadow", was: { mode: "off" } });
        toast({ kind: "success", message: t("automations:policy.on", { automation: name }) });
        break;
      case "settings":
        await api.runs.configure({
          tenant,
          job: automation,
          config: await configIn(form, fields, { context, tenant, shows: state.shows }),
        });
        toast({ kind: "success", message: t("automations:policy.saved", { automation: name }) });
        break;
      case "run": {
        const run = await api.runs.start({ tenant, job: automation });
        return redirect(`/t/${tenant}/runs/${run.id}`);
      }
      default:
        throw new Response("Unknown intent", { status: 422 });
    }
  } catch (error) {
    // Where somebody was faster the form shows what they said, not what was typed over it.
    const isOutdated = context.describe(error).code === "settings_changed";
    return formFailure(error, { request, context }, isOutdated ? onlyOf(form, "intent") : form);
  }
  return redirect(new URL(request.url).pathname);
}

/** The settings as their form sent them; rules that name owners in HubSpot by their ids. */
async function configIn(
  form: FormData,
  fields: readonly Setting[],
  { context, tenant, shows }: { context: Asked["context"]; tenant: string; shows: AutomationState["shows"] },
) {
  const config = sentConfig(fields, form);
  return shows === "crm" ? ownerIds(config, await readOwners(context, tenant)) : config;
}

/** The policy as the form's page showed it, where it says so. */
function wasIn(form: FormData) {
  const was = form.get("was");
  if (was === null) return undefined;
  try {
    return JSON.parse(String(was)) as Inputs["policies"]["set"]["was"];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Response("Unreadable form", { status: 422 });
  }
}

/** A policy as its form sent it: what the automation has no use for is not asked, and stays as it is. What is no number is left to the procedure, which says so. */
function policyIn(form: FormData, { currency, staff }: { currency: string; staff: boolean }) {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const given = <Name extends string>(names: readonly Name[]) => names.filter((name) => form.has(name));
  const sent = {
    mode: text("mode"),
    ...Object.fromEntries(given(TIMES).map((name) => [name, text(name)])),
    ...Object.fromEntries(given(COUNTS).map((name) => [name, asNumber(text(name))])),
    ...Object.fromEntries(given(MONEY).map((name) => [name, minorOf(text(name), currency)])),
    ...(!staff && { staffDecides: form.has("staffDecides") }),
  };
  return sent as Omit<Inputs["policies"]["set"], "tenant" | "automation">;
}

export type { AutomationState };
