import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CircleCheck, Send } from "lucide-react";
import { AT_ONCE, BulkPage } from "#app/components/admin/bulk-page.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("operations", "today");

export const meta = titleMeta;

/** Whom a reminder would be sent: nobody is mailed until the button is pressed. */
export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const { clients, more } = await api.health.remindable();
  const groups = clients.map(({ id, name, accounts }) => ({ tenantId: id, tenantName: name, count: accounts }));
  return { title: titleOf(wordsIn(locale)("operations:bulk.remind.title")), plan: { found: groups.length, more, until: null, groups } };
}

/** Reminds clients of the accounts that wait for them, some clients at a time. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const t = wordsIn(locale);
  try {
    const { reminded, left } = await api.health.remindAll();
    const done = t("operations:bulk.remind.done", { count: reminded });
    toast({ kind: reminded > 0 ? "success" : "info", message: left > 0 ? `${done} ${t("operations:bulk.left", { count: left })}` : done });
  } catch (error) {
    return formFailure(error, args, await args.request.formData());
  }
  return redirect("/admin/remind");
}

export default function RemindClients() {
  const t = useWords();
  const { plan } = useLoaderData<typeof loader>();
  return (
    <BulkPage
      of={{ label: t("today:title"), to: "/admin" }}
      title={t("bulk.remind.title")}
      description={t("bulk.remind.description")}
      failure={useActionData<typeof action>()}
      plan={plan}
      tone="primary"
      icon={<Send aria-hidden />}
      button={t("bulk.remind.button", { count: Math.min(plan.found, AT_ONCE) })}
      counted={t("bulk.remind.accounts")}
      empty={<EmptyState icon={CircleCheck} title={t("bulk.remind.none")} />}
    />
  );
}
