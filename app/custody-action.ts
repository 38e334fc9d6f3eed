import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { formFailure } from "./form-errors.ts";
import { wordsIn } from "./i18n/translator.server.ts";

/** What both portals do with a client's data as a whole: take it along, set its end, or cancel that (`intent`). */
export async function custodyAction({ request, context, params }: ActionFunctionArgs) {
  const { api, locale, toast } = context;
  const form = await request.formData();
  const tenant = String(params.tenant);
  const t = wordsIn(locale);
  try {
    switch (form.get("intent")) {
      case "export":
        await api.custody.requestExport({ tenant });
        toast({ kind: "success", message: t("data:data.asked") });
        break;
      case "end": {
        const { dueAt } = await api.custody.requestDeletion({
          tenant,
          confirmation: String(form.get("confirmation") ?? ""),
          reason: String(form.get("reason") ?? ""),
        });
        const date = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(dueAt);
        toast({ kind: "info", message: t("data:data.endSet", { date }) });
        break;
      }
      case "cancel":
        await api.custody.cancelDeletion({ tenant });
        toast({ kind: "success", message: t("data:data.cancelled") });
        break;
      default:
        throw new Response("Unknown intent", { status: 422 });
    }
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  return redirect(new URL(request.url).pathname);
}
