import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { loadAutomationState } from "./act-on-automation.ts";
import { drawRehearsal } from "./draw-rehearsal.server.ts";
import { formFailure } from "./form-errors.ts";
import { regionOf } from "./i18n/locale.ts";
import { asNumber, type Setting, sentConfig } from "./setting-form.ts";

type Asked = Pick<ActionFunctionArgs, "request" | "context">;
interface Which {
  tenant: string;
  automation: string;
}

/** The page on which an automation is tried over past days: what was tried last, and what it came to. Throws a 404 for one that cannot be. */
export async function loadRehearsal({ request, context: { api, locale } }: Asked, { timeZone, ...which }: Which & { timeZone: string }) {
  const { state, fields } = await loadAutomationState(api, which);
  if (!state.rehearsable) throw new Response("This automation cannot be rehearsed", { status: 404 });
  const { rehearsal } = await api.rehearsals.get(which);
  const region = regionOf(request.headers.get("accept-language"), locale);
  return {
    name: state.title[locale],
    asked: which,
    fields: fields.map((field) => triedIn(field, rehearsal?.tried ?? {})),
    view: drawRehearsal(rehearsal, { locale, region, timeZone }),
  };
}

/** A setting as it was tried last, where it is one value. */
function triedIn(field: Setting, tried: Readonly<Record<string, unknown>>): Setting {
  const value = tried[field.name];
  const isOne = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return isOne ? { ...field, value } : field;
}

/** Begins a rehearsal with the settings that were sent. */
export async function actOnRehearsal({ request, context }: Asked, which: Which) {
  const form = await request.formData();
  const { api } = context;
  try {
    const { fields } = await loadAutomationState(api, which);
    await api.rehearsals.request({ ...which, days: asNumber(String(form.get("days") ?? "")) as number, config: sentConfig(fields, form) });
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  return redirect(new URL(request.url).pathname);
}
