import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import type { Inputs } from "#server/trpc/root.ts";
import { loadAutomationState } from "./act-on-automation.ts";
import type { CrmAnswer } from "./components/automations/crm-page.tsx";
import { drawCrm } from "./draw-crm.server.ts";
import { formFailure } from "./form-errors.ts";
import { regionOf } from "./i18n/locale.ts";
import { wordsIn } from "./i18n/translator.server.ts";

/** The page on which an automation shows what is in step with a CRM. Throws a 404 for one that keeps no such thing. */
export async function loadCrm(
  { request, context: { api, locale } }: Pick<LoaderFunctionArgs, "request" | "context">,
  { tenant, automation, timeZone }: { tenant: string; automation: string; timeZone: string },
) {
  const { state } = await loadAutomationState(api, { tenant, automation });
  if (state.shows !== "crm") throw new Response("This automation keeps no CRM in step", { status: 404 });
  const reader = { locale, region: regionOf(request.headers.get("accept-language"), locale), timeZone };
  return { name: state.title[locale], view: drawCrm(await api.crm.get({ tenant }), reader) };
}

/** What its forms sent: a choice between two values, or a look at those, which are on this answer alone. */
export async function actOnCrm({ request, context }: Pick<ActionFunctionArgs, "request" | "context">, tenant: string) {
  const form = await request.formData();
  const text = (name: string) => String(form.get(name) ?? "");
  const { api, locale, toast } = context;
  try {
    switch (text("intent")) {
      case "reveal":
        return { revealed: await api.crm.reveal({ tenant, customerId: text("customer") }) } satisfies CrmAnswer;
      case "choose": {
        const chosen = {
          customerId: text("customer"),
          field: text("field"),
          shopHash: text("shopHash"),
          crmHash: text("crmHash"),
          side: text("side"),
        };
        // Words of a form: what is none of the fields or sides is refused where it is read.
        await api.crm.choose({ tenant, ...(chosen as Omit<Inputs["crm"]["choose"], "tenant">) });
        toast({ kind: "success", message: wordsIn(locale)("crmWords:did") });
        break;
      }
      default:
        throw new Response("Unknown intent", { status: 422 });
    }
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  return redirect(new URL(request.url).pathname);
}
