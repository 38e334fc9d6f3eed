import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { actOnAutomations, loadAutomations } from "#app/act-on-automation.ts";
import { AutomationsPage, StopAll } from "#app/components/automations/automations-page.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useClientSeat } from "#app/portal/seat.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("automations");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const title = titleOf(wordsIn(args.context.locale)("automations:title"), tenant.name);
  return { title, all: await loadAutomations(args, tenant.id) };
}

export const action = (args: ActionFunctionArgs) => actOnAutomations(args, String(args.params.tenant));

export default function Automations() {
  const t = useWords();
  const { all } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { tenant } = useTenant();
  const seat = useClientSeat();
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={
          <>
            <Link className="link text-sm" to={`/t/${tenant.id}/guide`}>
              {t("guide")}
            </Link>
            <StopAll all={all} seat={seat} />
          </>
        }
      />
      <AutomationsPage all={all} currency={tenant.currency} seat={seat} failure={failure} />
    </>
  );
}
